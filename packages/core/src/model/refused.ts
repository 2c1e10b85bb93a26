import type { AuthErrorOptions, ChallengeDetails } from './errors.ts';
import type { AuthErrorReason } from './reasons.ts';

/** Why something is refused, and what is known by then. An `AuthError` has these members too. */
export interface RefusalFacts extends KnownFacts {
  readonly reason: AuthErrorReason;
  readonly details: ChallengeDetails;
}

/** What is for the operator alone. */
export type KnownFacts = Omit<AuthErrorOptions, keyof ChallengeDetails>;

const NO_DETAILS: ChallengeDetails = Object.freeze({});

/**
 * A refusal within the pipeline: a value and not an error, because making an error takes more time than all
 * checks before it. The error is made once, where the refusal leaves the resource server.
 */
export class Refused implements RefusalFacts {
  /** A refusal has no principal. An own member, so that a polluted prototype cannot add one. */
  readonly principal: undefined = undefined;
  readonly reason: AuthErrorReason;
  readonly details: ChallengeDetails;
  readonly cause: unknown;
  readonly issuerName: string | undefined;
  readonly fault: AuthErrorOptions['fault'];
  readonly hint: string | undefined;
  readonly kind: AuthErrorOptions['kind'];
  readonly requirement: string | undefined;

  constructor(
    reason: AuthErrorReason,
    known: KnownFacts = {},
    details: ChallengeDetails = NO_DETAILS,
  ) {
    this.reason = reason;
    this.details = details;
    this.cause = known.cause;
    this.issuerName = known.issuerName;
    this.fault = known.fault;
    this.hint = known.hint;
    this.kind = known.kind;
    this.requirement = known.requirement;
  }
}

/** Whether a value is a {@link Refused} beside others that have no `reason` of their own. */
export function isRefused<Other extends object>(value: Other | Refused): value is Refused {
  return Object.hasOwn(value, 'reason');
}
