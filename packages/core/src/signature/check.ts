import { type KeyObject, verify } from 'node:crypto';
import { asciiView } from '../lib/shared-buffer.ts';
import { ALGORITHM_FACTS, type Algorithm } from '../token/algorithms.ts';
import { derSignature } from './der.ts';
import { pssKeyOf } from './pss.ts';
import type { VerificationKey } from './verification-key.ts';

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
  const { hash, kty, pss } = ALGORITHM_FACTS[algorithm];
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
