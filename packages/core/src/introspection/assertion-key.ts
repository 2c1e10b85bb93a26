import { createPrivateKey, KeyObject, webcrypto } from 'node:crypto';
import { ConfigurationError } from '../model/errors.ts';
import type { JsonWebKey } from '../model/json-web-key.ts';
import { ALGORITHM_FACTS, type Algorithm, algorithmOf } from '../token/algorithms.ts';

/** A private key as a JWK (RFC 7517). */
export type PrivateJwk = JsonWebKey & {
  readonly kid?: string | undefined;
  readonly alg?: string | undefined;
};

/** A key that signs client assertions. */
export interface AssertionKey {
  readonly kid: string | undefined;
  /** The `alg` in the header of assertions. */
  readonly algorithm: string;
  cryptoKey(): Promise<webcrypto.CryptoKey>;
}

/** If the JWK names no algorithm, the first of these that fits the key is used. */
const PREFERRED: readonly Algorithm[] = ['RS256', 'ES256', 'ES384', 'ES512', 'EdDSA'];
/** Required by NIST SP 800-131A and RFC 7518 §3.3. */
const MIN_RSA_BITS = 2_048;

const LINE =
  "privateKeyJwt('orders-api', { kty: 'EC', crv: 'P-256', x: '…', y: '…', d: '…', kid: '1' })";

/**
 * Prepares a private key for client assertions (RFC 7523). Throws a `ConfigurationError` for a key that is not
 * private, malformed or too small, or whose type or `alg` is not supported.
 */
export function signingKeyOf(given: PrivateJwk | KeyObject): AssertionKey {
  const key = keyObjectOf(given);
  if (key.type !== 'private') throw unfit('is not private');
  const { kty, crv, ...rest } = key.export({ format: 'jwk' });
  const named = given instanceof KeyObject ? undefined : given.alg;
  const fits = (name: Algorithm) =>
    ALGORITHM_FACTS[name].kty === kty && (ALGORITHM_FACTS[name].crv ?? crv) === crv;
  const algorithm =
    named === undefined
      ? PREFERRED.find(fits)
      : [algorithmOf(named)].find((name) => name && fits(name));
  if (algorithm === undefined) throw unfit('has a type or an alg that cannot sign assertions');
  const bits = key.asymmetricKeyDetails?.modulusLength;
  if (bits !== undefined && bits < MIN_RSA_BITS)
    throw unfit(`is smaller than ${MIN_RSA_BITS} bits`);

  let imported: Promise<webcrypto.CryptoKey> | undefined;
  return {
    kid: given instanceof KeyObject ? undefined : given.kid,
    // The newer name `Ed25519` (RFC 9864) is used only if the JWK uses it: most servers know only `EdDSA`.
    algorithm: named === 'Ed25519' ? named : algorithm,
    cryptoKey() {
      imported ??= webcrypto.subtle.importKey(
        'jwk',
        { ...rest, kty, ...(crv === undefined ? {} : { crv }) } as webcrypto.JsonWebKey,
        parametersOf(algorithm),
        false,
        ['sign'],
      );
      return imported;
    },
  };
}

function keyObjectOf(given: PrivateJwk | KeyObject): KeyObject {
  if (given instanceof KeyObject) return given;
  if (typeof given !== 'object' || given === null) throw unfit('is missing');
  try {
    return createPrivateKey({ key: given, format: 'jwk' });
  } catch {
    throw unfit('is not a private JWK'); // Without the cause: OpenSSL's messages may quote the key.
  }
}

function parametersOf(
  algorithm: Algorithm,
): webcrypto.RsaHashedImportParams | webcrypto.EcKeyImportParams | webcrypto.AlgorithmIdentifier {
  const { kty, crv, hash, pss } = ALGORITHM_FACTS[algorithm];
  if (kty === 'OKP') return { name: 'Ed25519' };
  if (kty === 'EC') return { name: 'ECDSA', namedCurve: crv ?? 'P-256' };
  const name = pss === undefined ? 'RSASSA-PKCS1-v1_5' : 'RSA-PSS';
  return { name, hash: `SHA-${(hash ?? 'sha256').slice(3)}` };
}

function unfit(problem: string): ConfigurationError {
  return new ConfigurationError(
    `privateKeyJwt(): the key ${problem}. It must be a private JWK or a KeyObject: RSA of ${MIN_RSA_BITS} bits or more, P-256, P-384, P-521 or Ed25519. Write: ${LINE}`,
  );
}
