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

/** The algorithms that are accepted by default. */
export const DEFAULT_ALGORITHMS: readonly Algorithm[] = ['RS256', 'PS256', 'ES256', 'EdDSA'];

/** What an algorithm requires of a key and of a signature. */
export interface AlgorithmFacts {
  /** The hash of the signing input; `null` if the algorithm includes its own. */
  readonly hash: 'sha256' | 'sha384' | 'sha512' | null;
  readonly kty: 'RSA' | 'EC' | 'OKP';
  readonly crv?: 'P-256' | 'P-384' | 'P-521' | 'Ed25519';
  /** Length of a signature in bytes. `undefined` for RSA, where it is the length of the modulus. */
  readonly signatureBytes?: number;
  /** The hash of RSASSA-PSS, for the algorithms that use it. */
  readonly pss?: 'sha256' | 'sha384' | 'sha512';
}

/** The table of all algorithms. Names are compared case-sensitively (RFC 7515 §4.1.1). */
export const ALGORITHM_FACTS: Readonly<Record<Algorithm, AlgorithmFacts>> = {
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
export const ALGORITHMS: readonly Algorithm[] = Object.keys(ALGORITHM_FACTS) as Algorithm[];

/**
 * Gives the algorithm that `alg` in a header names; `undefined` for any other value. `Ed25519` is the name that RFC 9864
 * gives to what is `EdDSA` here.
 */
export function algorithmOf(alg: unknown): Algorithm | undefined {
  if (alg === 'Ed25519') return 'EdDSA';
  return typeof alg === 'string' && Object.hasOwn(ALGORITHM_FACTS, alg)
    ? (alg as Algorithm)
    : undefined;
}
