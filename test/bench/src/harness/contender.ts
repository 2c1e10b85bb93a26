import type { Corpus } from '../tokens/corpus.ts';

/** Something that is measured. It does one operation, synchronously or not. */
export interface Contender {
  readonly name: string;
  /** Does one operation on the token with this index in the corpus. */
  readonly verify: Verify;
  /**
   * Does a whole turn of this many operations, if they cannot be done by one call of `verify` each. It is not used when
   * operations come one at a time.
   */
  readonly turn?: (operations: number) => Promise<void>;
  /** Its own tokens, if it cannot use those of the others. */
  readonly corpus?: Corpus;
  /** Frees timers and connections. */
  readonly close?: () => void;
}

/**
 * Verifies a token; throws or rejects if the token is bad. `index` is the token's index in its corpus. An
 * asynchronous result must be a native promise, because the harness looks for nothing else.
 */
export type Verify = (token: string, index: number) => unknown;
