import { signatureCheck, signatureHolds } from '../src/signature/check.ts';
import type { VerificationKey } from '../src/signature/verification-key.ts';
import type { Algorithm } from '../src/token/algorithms.ts';

/** Whether the signature holds: both halves of the question. */
export function verifySignature(
  algorithm: Algorithm,
  key: VerificationKey,
  input: string,
  signature: Uint8Array,
): boolean {
  const check = signatureCheck(algorithm, key, input, signature);
  return check !== undefined && signatureHolds(check);
}
