import {
  type Algorithm,
  signatureCheck,
  signatureHolds,
  type VerificationKey,
} from '../src/token/signature.ts';

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
