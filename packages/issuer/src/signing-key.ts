import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { type Algorithm, ConfigurationError, type JsonWebKey } from '@authly/core';
import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK } from 'jose';

/** A private JWK to sign with. Keep it secret: everybody who has it can make any token. */
export interface SigningJwk extends JWK {
  readonly kid: string;
  readonly alg: Algorithm;
}

/** A public JWK as the issuer publishes it (RFC 7517 §4). */
export interface PublicJwk {
  readonly kty: string;
  readonly kid: string;
  readonly alg: Algorithm;
  readonly use: 'sig';
  readonly [member: string]: unknown;
}

/** The published key set (RFC 7517 §5). */
export interface PublicJwkSet {
  readonly keys: readonly PublicJwk[];
}

/** The issuer's keys, checked: one signs, all are published. */
export interface SigningKeys {
  readonly kid: string;
  readonly algorithm: Algorithm;
  readonly privateKey: KeyObject;
  readonly published: PublicJwkSet;
}

interface KeyShape {
  readonly kty: 'RSA' | 'EC' | 'OKP';
  readonly crv?: string;
}

const RSA: KeyShape = { kty: 'RSA' };

// The order decides which algorithm a key without `alg` gets: the first that fits.
const SHAPES: Readonly<Record<Algorithm, KeyShape>> = {
  RS256: RSA,
  RS384: RSA,
  RS512: RSA,
  PS256: RSA,
  PS384: RSA,
  PS512: RSA,
  ES256: { kty: 'EC', crv: 'P-256' },
  ES384: { kty: 'EC', crv: 'P-384' },
  ES512: { kty: 'EC', crv: 'P-521' },
  EdDSA: { kty: 'OKP', crv: 'Ed25519' },
};

const ALGORITHMS = Object.keys(SHAPES) as readonly Algorithm[];

/** RFC 7518 §3.3. */
const MIN_RSA_BITS = 2048;

/**
 * Generates a signing key as a private JWK, with its thumbprint (RFC 7638) as `kid`.
 *
 * The default is RS256: every conforming resource server accepts it (RFC 9068 §2.1), and of all
 * algorithms it is the cheapest to verify, which happens far more often than signing. ES256 makes
 * smaller tokens and is generated at once, where RSA takes a fraction of a second.
 *
 * Store the key and give the same one to every process: tokens do not outlive their key.
 */
export async function generateSigningKey(algorithm: Algorithm = 'RS256'): Promise<SigningJwk> {
  const { privateKey } = await generateKeyPair(algorithm, {
    extractable: true,
    modulusLength: MIN_RSA_BITS,
  });
  const jwk = await exportJWK(privateKey);
  return { ...jwk, kid: await calculateJwkThumbprint(jwk), alg: algorithm, use: 'sig' };
}

/**
 * Checks the issuer's keys and prepares them. The first signs; the others are only published, so
 * that a next key is known before it signs and an old one until its last token has expired. Those
 * may be public.
 *
 * Checks: the first is private; each has a `kid` of its own, fits its `alg` (or the usual one of
 * its type), is for signing by `use` and `key_ops`, and has at least 2048 bits if RSA.
 *
 * @throws ConfigurationError that holds no part of a key.
 */
export function prepareSigningKeys(keys: readonly JWK[]): SigningKeys {
  const [first, ...others] = keys;
  if (first === undefined) {
    throw new ConfigurationError(
      '`keys` needs a key to sign with: keys: [await generateSigningKey()]',
    );
  }
  const privateKey = importKey(first, 'first', createPrivateKey);
  const published = [
    publicJwk(first, 'first', createPublicKey(privateKey)),
    ...others.map((jwk, index) => {
      const name = `number ${index + 2}`;
      return publicJwk(jwk, name, importKey(jwk, name, createPublicKey));
    }),
  ];
  const [signer] = published;
  if (signer === undefined || new Set(published.map(({ kid }) => kid)).size !== published.length) {
    throw new ConfigurationError('Each of `keys` needs a `kid` of its own; two have the same');
  }
  return Object.freeze({
    kid: signer.kid,
    algorithm: signer.alg,
    privateKey,
    published: Object.freeze({ keys: Object.freeze(published) }),
  });
}

function importKey(
  jwk: JWK,
  name: string,
  create: (input: { key: JsonWebKey; format: 'jwk' }) => KeyObject,
): KeyObject {
  try {
    return create({ key: { ...jwk } as JsonWebKey, format: 'jwk' });
  } catch {
    // Without the cause: OpenSSL's and Node's messages may quote the key.
    const what = create === createPrivateKey ? 'a private JWK' : 'a JWK';
    throw new ConfigurationError(
      `The ${name} of \`keys\` is not ${what} of type RSA, EC or OKP. Write: keys: [await generateSigningKey()]`,
    );
  }
}

function publicJwk(jwk: JWK, name: string, key: KeyObject): PublicJwk {
  const wrong = (what: string): ConfigurationError =>
    new ConfigurationError(`The ${name} of \`keys\` ${what}`);
  if (typeof jwk.kid !== 'string' || jwk.kid === '') {
    throw wrong("needs a `kid`: any string of its own, such as the key's thumbprint (RFC 7638)");
  }
  if (jwk.use !== undefined && jwk.use !== 'sig') throw wrong("must have `use: 'sig'` or none");
  if (jwk.key_ops?.some((operation) => operation !== 'sign' && operation !== 'verify')) {
    throw wrong("must have `key_ops: ['sign']` or none");
  }
  const exported: JsonWebKey = key.export({ format: 'jwk' });
  const fitting = ALGORITHMS.filter((candidate) => {
    const { kty, crv } = SHAPES[candidate];
    return exported.kty === kty && exported.crv === crv;
  });
  const algorithm = fitting.find((candidate) => jwk.alg === undefined || jwk.alg === candidate);
  if (algorithm === undefined)
    throw wrong(
      `has an \`alg\` that is not one of ${ALGORITHMS.join(', ')} or does not fit the key`,
    );
  const bits = key.asymmetricKeyDetails?.modulusLength;
  if (bits !== undefined && bits < MIN_RSA_BITS) throw wrong(`has fewer than ${MIN_RSA_BITS} bits`);
  return Object.freeze({
    ...exported,
    kty: SHAPES[algorithm].kty,
    kid: jwk.kid,
    alg: algorithm,
    use: 'sig',
  });
}
