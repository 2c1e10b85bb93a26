import type { Corpus } from '../tokens/corpus.ts';

/** Something that is measured: it does one operation, at once or later. */
export interface Contender {
  readonly name: string;
  /** One operation on the token at this place of the corpus. */
  readonly verify: Verify;
  /**
   * A whole turn of this many operations, for what cannot be done by calling `verify` once for each. Not used where
   * operations come one at a time.
   */
  readonly turn?: (operations: number) => Promise<void>;
  /** Tokens of its own, where it cannot take those that the others get. */
  readonly corpus?: Corpus;
  /** Frees what it holds: timers, connections. */
  readonly close?: () => void;
}

/**
 * Verifies a token; throws or rejects for a bad one. `index` tells the token's place in its corpus. What
 * is not there yet is a native promise: the harness must not look for anything else in each result.
 */
export type Verify = (token: string, index: number) => unknown;
