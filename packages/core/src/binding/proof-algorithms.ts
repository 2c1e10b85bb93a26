import type { Algorithm } from '../token/algorithms.ts';

/**
 * The names of the accepted algorithms, for challenges (`algs`, RFC 9449 §7.1) and metadata (RFC 9728 §2).
 * `EdDSA` gives two names, because proofs may also use its newer name `Ed25519` (RFC 9864).
 */
export function proofAlgorithmNames(algorithms: readonly Algorithm[]): readonly string[] {
  return algorithms.flatMap((name) => (name === 'EdDSA' ? ['Ed25519', name] : [name]));
}
