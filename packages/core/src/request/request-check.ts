import type { ChallengeDetails } from '../model/errors.ts';
import type { AuthErrorReason, Step } from '../model/reasons.ts';
import type { Presentation } from './presentation.ts';
import type { VerifiedToken } from './verified-token.ts';

/** Why a verified token is refused on this request. */
export interface CheckFailure {
  readonly reason: AuthErrorReason;
  /** What the challenge tells the client besides the error. */
  readonly details?: ChallengeDetails;
  /** For the operator's log. Clients never see it. */
  readonly cause?: unknown;
  /** What the operator should write if an option is missing. Clients never see it. */
  readonly hint?: string;
}

/**
 * The result of a check. `undefined` when it passes. `read_again` when the token must be read and verified again, because
 * something has changed since then: its key was withdrawn, or its issuer has a new configuration.
 */
export type CheckResult = undefined | 'read_again' | CheckFailure;

/**
 * A check that runs on every request, also when the token comes from the cache. It must not throw. A check that has an
 * effect (such as marking a proof as used) must be the last of the list.
 */
export interface RequestCheck {
  /** The step that `explain` reports it under. */
  readonly step: Step;
  readonly check: (
    token: VerifiedToken,
    presented: Presentation,
  ) => CheckResult | Promise<CheckResult>;
}
