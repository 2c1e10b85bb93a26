import type { ChallengeDetails } from '../model/errors.ts';
import type { AuthErrorReason, Step } from '../model/reasons.ts';
import type { Presentation } from './presentation.ts';
import type { VerifiedToken } from './verified-token.ts';

/** Why a verified token is refused on this request. */
export interface CheckFailure {
  readonly reason: AuthErrorReason;
  /** What the challenge tells the client beside the error. */
  readonly details?: ChallengeDetails;
  /** For the operator's log; never shown to a client. */
  readonly cause?: unknown;
  /** The option to write, where one is missing: for the operator, never for a client. */
  readonly hint?: string;
}

/**
 * `undefined` when the check passes. `read_again` when the token must be read once more, because what
 * it was verified by has changed: its key was withdrawn, its issuer configured anew.
 */
export type CheckResult = undefined | 'read_again' | CheckFailure;

/**
 * A check of a verified token that is made on every request, also when the token comes from the cache.
 * It must not throw. A check that has an effect (marking a proof as used) stands last in the list.
 */
export interface RequestCheck {
  /** The step that `explain` reports it under. */
  readonly step: Step;
  readonly check: (
    token: VerifiedToken,
    presented: Presentation,
  ) => CheckResult | Promise<CheckResult>;
}
