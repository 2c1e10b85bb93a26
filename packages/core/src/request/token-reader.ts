import type { MaybePromise } from '../lib/maybe-promise.ts';
import type { Refused } from '../model/refused.ts';
import type { VerifiedToken } from './verified-token.ts';

/** The result of reading a token: the verified token, or the refusal. */
export type ReadOutcome = VerifiedToken | Refused;

/** Reads tokens of one form. */
export interface TokenReader {
  /** Whether the token has the form that this reader reads. Verifies nothing. */
  reads(token: string): boolean;
  /**
   * Reads and verifies a token. A refusal is returned, or thrown (or rejected) as an `AuthError`. Thrown are mainly the
   * failures of the application's own code: a preset's function, the claims schema, an issuer resolver.
   */
  read(token: string): MaybePromise<ReadOutcome>;
  /** Ends the work that this reader has started, such as a thread. */
  close(): void;
}
