import type { Algorithm } from '../token/algorithms.ts';

/**
 * Accepted algorithms by the names that proofs may state: in challenges (`algs`, RFC 9449 §7.1) and in
 * metadata (RFC 9728 §2). `Ed25519` is RFC 9864's name for what `EdDSA` is here, and both are accepted.
 */
export function proofAlgorithmNames(algorithms: readonly Algorithm[]): readonly string[] {
  return algorithms.flatMap((name) => (name === 'EdDSA' ? ['Ed25519', name] : [name]));
}
