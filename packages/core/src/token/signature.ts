import { createPublicKey, type JsonWebKey, type KeyObject, verify } from 'node:crypto';
import type { KeyUnfit } from '../events.ts';
import { derSignature } from './der-signature.ts';
import { type PssHash, pssKeyOf } from './pss-key.ts';
import { asciiView } from './scratch.ts';

/** A JWS algorithm that can be accepted (RFC 7518 §3.1, RFC 8037 §3.1). No HMAC, no `none`. */
export type Algorithm =
  | 'RS256'
  | 'RS384'
  | 'RS512'
  | 'PS256'
  | 'PS384'
  | 'PS512'
  | 'ES256'
  | 'ES384'
  | 'ES512'
  | 'EdDSA';

/** Accepted unless configured otherwise. */
export const DEFAULT_ALGORITHMS: readonly Algorithm[] = ['RS256', 'PS256', 'ES256', 'EdDSA'];

interface Scheme {
  /** Hash of the signing input; `null` where the algorithm brings its own. */
  readonly hash: 'sha256' | 'sha384' | 'sha512' | null;
  readonly kty: 'RSA' | 'EC' | 'OKP';
  readonly crv?: 'P-256' | 'P-384' | 'P-521' | 'Ed25519';
  /** Length of a signature in bytes; RSA's is the modulus's. */
  readonly signatureBytes?: number;
  /** RSASSA-PSS with this hash. */
  readonly pss?: PssHash;
}

// The one algorithm table. Names are compared exactly (RFC 7515 §4.1.1).
const SCHEMES: Readonly<Record<Algorithm, Scheme>> = {
  RS256: { hash: 'sha256', kty: 'RSA' },
  RS384: { hash: 'sha384', kty: 'RSA' },
  RS512: { hash: 'sha512', kty: 'RSA' },
  PS256: { hash: 'sha256', kty: 'RSA', pss: 'sha256' },
  PS384: { hash: 'sha384', kty: 'RSA', pss: 'sha384' },
  PS512: { hash: 'sha512', kty: 'RSA', pss: 'sha512' },
  ES256: { hash: 'sha256', kty: 'EC', crv: 'P-256', signatureBytes: 64 },
  ES384: { hash: 'sha384', kty: 'EC', crv: 'P-384', signatureBytes: 96 },
  ES512: { hash: 'sha512', kty: 'EC', crv: 'P-521', signatureBytes: 132 },
  EdDSA: { hash: null, kty: 'OKP', crv: 'Ed25519', signatureBytes: 64 },
};

/** Every algorithm that can be configured. */
export const ALGORITHMS: readonly Algorithm[] = Object.keys(SCHEMES) as Algorithm[];

/** The algorithm that a header's `alg` names, or `undefined`. `Ed25519` (RFC 9864) is `EdDSA`. */
export function algorithmOf(alg: unknown): Algorithm | undefined {
  if (alg === 'Ed25519') return 'EdDSA';
  return typeof alg === 'string' && Object.hasOwn(SCHEMES, alg) ? (alg as Algorithm) : undefined;
}

/** NIST SP 800-131A; RFC 7518 §3.3 and §3.5 ask the same. */
const MIN_RSA_BITS = 2048;
/** A larger modulus makes each verification dear for whoever sends us tokens; no provider uses one. */
const MAX_RSA_BITS = 8192;

/** A public key that was checked and prepared once, for all verifications. */
export interface VerificationKey {
  readonly kid: string | undefined;
  /** The algorithms that the key's type, curve and own `alg` allow. */
  readonly algorithms: readonly Algorithm[];
  readonly keyObject: KeyObject;
  /** Length of the key's signatures in bytes. */
  readonly signatureBytes: number;
  /** `issuer` of the JWK, where a provider binds keys to issuers (Entra multi-tenant). */
  readonly issuer: string | undefined;
  /** Equal for two keys exactly if their material is. */
  readonly material: string;
}

/** A JWK as it arrives: nothing about it is known yet (RFC 7517 §4). */
export type UnverifiedJwk = JsonWebKey & Readonly<Record<string, unknown>>;

const PRIVATE_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth'] as const;

/**
 * Checks a JWK (RFC 7517 §4, RFC 7518 §6) and prepares it for verification, or says why it is unfit.
 *
 * Checks: public, not symmetric, `use` "sig" (or one of `uses`) or absent, `key_ops` with "verify"
 * or absent, key type and curve known, RSA between 2048 and 8192 bits with an exponent of 3 or more.
 * Does not check: certificates (`x5c` and its kin are ignored), and whether the key belongs to anybody.
 */
export function prepareKey(
  jwk: unknown,
  uses: readonly string[] = ['sig'],
): VerificationKey | KeyUnfit {
  if (typeof jwk !== 'object' || jwk === null || Array.isArray(jwk)) return 'malformed';
  const { kty, crv, kid, alg, use, key_ops: keyOps, issuer } = jwk as UnverifiedJwk;
  if (kty === 'oct' || Object.hasOwn(jwk, 'k')) return 'symmetric';
  if (PRIVATE_MEMBERS.some((member) => Object.hasOwn(jwk, member))) return 'private';
  if (kid !== undefined && typeof kid !== 'string') return 'malformed';
  if (alg !== undefined && typeof alg !== 'string') return 'malformed';
  if (use !== undefined && !(typeof use === 'string' && uses.includes(use))) return 'use';
  if (keyOps !== undefined && !(Array.isArray(keyOps) && keyOps.includes('verify')))
    return 'key_ops';

  const algorithms = ALGORITHMS.filter((name) => {
    const scheme = SCHEMES[name];
    if (scheme.kty !== kty || (scheme.crv !== undefined && scheme.crv !== crv)) return false;
    return alg === undefined || algorithmOf(alg) === name;
  });
  if (algorithms.length === 0) return 'key_type';

  const keyObject = importKey(jwk as UnverifiedJwk);
  if (keyObject === undefined) return 'malformed';
  const { modulusLength: bits, publicExponent } = keyObject.asymmetricKeyDetails ?? {};
  if (bits !== undefined && bits < MIN_RSA_BITS) return 'too_small';
  if (publicExponent !== undefined && !isSoundExponent(publicExponent)) return 'malformed';
  if (bits !== undefined && bits > MAX_RSA_BITS) return 'key_type';

  const first = SCHEMES[algorithms[0] as Algorithm];
  return Object.freeze({
    kid: kid as string | undefined,
    algorithms: Object.freeze(algorithms),
    keyObject,
    signatureBytes: first.signatureBytes ?? Math.ceil((bits ?? 0) / 8),
    issuer: typeof issuer === 'string' ? issuer : undefined,
    material: keyObject.export({ format: 'der', type: 'spki' }).toString('base64'),
  });
}

/** A signature that may hold, as OpenSSL is asked about it. */
export interface SignatureCheck {
  readonly hash: string | null;
  /** Bare, never in an object of options: that costs half as much again on Node 24. */
  readonly key: KeyObject;
  /** ASCII text (RFC 7515 §5.2 step 8). */
  readonly input: string;
  /** Raw for RSA and EdDSA, DER for ECDSA. */
  readonly signature: Uint8Array;
}

/**
 * What is to be asked about a signature over `input`, or `undefined` when it cannot hold: `algorithm` is
 * not one of the key's, or the length is not exactly that of the key's signatures.
 */
export function signatureCheck(
  algorithm: Algorithm,
  { algorithms, keyObject, signatureBytes }: VerificationKey,
  input: string,
  signature: Uint8Array,
): SignatureCheck | undefined {
  // OpenSSL goes by the key's type: asked for ES256, it would check an RSA key's signature as RS256.
  if (!algorithms.includes(algorithm) || signature.byteLength !== signatureBytes) return undefined;
  const { hash, kty, pss } = SCHEMES[algorithm];
  if (pss !== undefined) return { hash, key: pssKeyOf(keyObject, pss), input, signature };
  const encoded = kty === 'EC' ? derSignature(signature) : signature;
  return { hash, key: keyObject, input, signature: encoded };
}

/**
 * Whether a signature holds (RFC 7515 §5.2), on the calling thread. That r and s of ECDSA are in range
 * is checked by OpenSSL.
 */
export function signatureHolds({ hash, key, input, signature }: SignatureCheck): boolean {
  return verify(hash, asciiView(input), key, signature);
}

/**
 * RFC 8017 §3.1: OpenSSL takes an exponent of 1, by which every padded hash is its own signature. FIPS
 * 186-5 §5.4: a longer one than 256 bits serves nothing but to keep us busy.
 */
function isSoundExponent(exponent: bigint): boolean {
  return exponent >= 3n && exponent < 2n ** 256n;
}

function importKey(jwk: UnverifiedJwk): KeyObject | undefined {
  try {
    return createPublicKey({ key: jwk, format: 'jwk' });
  } catch {
    return undefined; // OpenSSL's messages may quote the key: they go nowhere.
  }
}
