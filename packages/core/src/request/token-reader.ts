import type { MaybePromise } from '../lib/maybe-promise.ts';
import type { Refused } from '../model/refused.ts';
import type { VerifiedToken } from './verified-token.ts';

/** What came of reading a token: the verified token, or why there is none. */
export type ReadOutcome = VerifiedToken | Refused;

/** Reads tokens of one form. */
export interface TokenReader {
  /** Whether the token has the form that this reader is for. Cheap: no verification. */
  reads(token: string): boolean;
  /**
   * Reads a token. Throws `AuthError`, or rejects with it, where something that it depends on has failed: keys
   * that cannot be had, a function of the application's.
   */
  read(token: string): MaybePromise<ReadOutcome>;
  /** Ends what it started. */
  close(): void;
}
