import { createPublicKey, type KeyObject } from 'node:crypto';
import type { KeyUnfit } from '../model/events.ts';
import type { JsonWebKey } from '../model/json-web-key.ts';
import type { VerificationKey } from '../signature/verification-key.ts';
import { ALGORITHM_FACTS, ALGORITHMS, type Algorithm, algorithmOf } from '../token/algorithms.ts';

/** Required by NIST SP 800-131A and RFC 7518 §3.3, §3.5. */
const MIN_RSA_BITS = 2048;
/** A larger modulus would make every verification expensive for us; no provider uses one. */
const MAX_RSA_BITS = 8192;

/** A JWK that was not checked yet (RFC 7517 §4). */
export type UnverifiedJwk = JsonWebKey & Readonly<Record<string, unknown>>;

const PRIVATE_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth'] as const;

/** Algorithms of encryption and key agreement (RFC 7518 §4.1). A key with one of these is not for signatures. */
const ENCRYPTION = /^(?:RSA1_5|RSA-OAEP|ECDH-ES|dir$|A\d{3}(?:GCM)?KW$)/;
/** The key operations of RFC 7517 §4.3 that have nothing to do with signatures. */
const OTHER_OPERATIONS: readonly unknown[] = [
  'encrypt',
  'decrypt',
  'wrapKey',
  'unwrapKey',
  'deriveKey',
  'deriveBits',
];
/** Curves for key agreement (RFC 8037 §3.2). */
const AGREEMENT_CURVES: readonly unknown[] = ['X25519', 'X448'];

/**
 * Checks a JWK (RFC 7517 §4, RFC 7518 §6) and prepares it for verification, or says why it cannot be used.
 *
 * Checks that the key is public and not symmetric, that `use` is absent or one of `uses`, that `key_ops` is absent or
 * contains "verify", that key type and curve are known, and that an RSA key has 2048 to 8192 bits and an exponent of at
 * least 3. A member that is `null` counts as absent: some serializers write `null` for members that are not set.
 *
 * Does not check certificates (`x5c` and similar members are ignored), nor whose key it is.
 */
export function prepareKey(
  entry: unknown,
  uses: readonly string[] = ['sig'],
): VerificationKey | KeyUnfit {
  if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) return 'malformed';
  const jwk = withoutNulls(entry);
  const { kty, crv, kid, alg, use, key_ops: keyOps, issuer } = jwk;
  if (kty === 'oct' || Object.hasOwn(jwk, 'k')) return 'symmetric';
  if (PRIVATE_MEMBERS.some((member) => Object.hasOwn(jwk, member))) return 'private';
  if (kid !== undefined && typeof kid !== 'string') return 'malformed';
  if (alg !== undefined && typeof alg !== 'string') return 'malformed';
  if (use !== undefined && !(typeof use === 'string' && uses.includes(use))) return 'use';
  if (keyOps !== undefined && !(Array.isArray(keyOps) && keyOps.includes('verify'))) {
    const isForOthers =
      Array.isArray(keyOps) && keyOps.some((each) => OTHER_OPERATIONS.includes(each));
    return isForOthers ? 'use' : 'key_ops';
  }
  if (typeof alg === 'string' && ENCRYPTION.test(alg)) return 'use';
  if (AGREEMENT_CURVES.includes(crv)) return 'use';

  const algorithms = ALGORITHMS.filter((name) => {
    const facts = ALGORITHM_FACTS[name];
    if (facts.kty !== kty || (facts.crv !== undefined && facts.crv !== crv)) return false;
    return alg === undefined || algorithmOf(alg) === name;
  });
  if (algorithms.length === 0) return 'key_type';

  const keyObject = importKey(jwk);
  if (keyObject === undefined) return 'malformed';
  const { modulusLength: bits, publicExponent } = keyObject.asymmetricKeyDetails ?? {};
  if (bits !== undefined && bits < MIN_RSA_BITS) return 'too_small';
  if (publicExponent !== undefined && !isSoundExponent(publicExponent)) return 'malformed';
  if (bits !== undefined && bits > MAX_RSA_BITS) return 'key_type';

  const first = ALGORITHM_FACTS[algorithms[0] as Algorithm];
  return Object.freeze({
    kid: kid as string | undefined,
    algorithms: Object.freeze(algorithms),
    keyObject,
    signatureBytes: first.signatureBytes ?? Math.ceil((bits ?? 0) / 8),
    issuer: typeof issuer === 'string' ? issuer : undefined,
    material: keyObject.export({ format: 'der', type: 'spki' }).toString('base64'),
  });
}

/** Gives the entry without the members that are `null`; the entry itself if there are none. */
function withoutNulls(entry: object): UnverifiedJwk {
  const members: [string, unknown][] = Object.entries(entry);
  if (!members.some(([, value]) => value === null)) return entry as UnverifiedJwk;
  return Object.fromEntries(members.filter(([, value]) => value !== null)) as UnverifiedJwk;
}

/**
 * Whether an RSA exponent is acceptable. OpenSSL accepts an exponent of 1, with which anybody can make valid signatures
 * (RFC 8017 §3.1 requires at least 3). An exponent of more than 256 bits (FIPS 186-5 §5.4) only makes verification
 * slow. The limit is written as a shift, because compilers for old targets turn `**` into `Math.pow`, which throws for
 * a bigint.
 */
function isSoundExponent(exponent: bigint): boolean {
  return exponent >= 3n && exponent < 1n << 256n;
}

function importKey(jwk: UnverifiedJwk): KeyObject | undefined {
  try {
    return createPublicKey({ key: jwk, format: 'jwk' });
  } catch {
    return undefined; // The error is dropped, because OpenSSL's messages may quote the key.
  }
}
