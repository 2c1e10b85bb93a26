import type { ChallengeDetails } from '../model/errors.ts';
import type { Principal } from '../model/principal.ts';
import type { AuthErrorReason } from '../model/reasons.ts';

/** Why a requirement is not met: a reason of the step `requirement`, and what the challenge says. */
export interface Unmet extends Omit<ChallengeDetails, 'scheme' | 'nonce'> {
  readonly reason: AuthErrorReason;
  /** With `requirement_failed`: what was thrown. For the operator's log, never shown to a client. */
  readonly cause?: unknown;
}

/** The scopes of a requirement that no scope meets. */
export const NO_SCOPES: readonly string[] = Object.freeze([]);

/** What a requirement may use in addition to the principal. */
export interface EvaluationContext {
  /** Whether the principal has the scope, itself or by `scopeImplies`. */
  hasScope(principal: Principal, scope: string): boolean;
  /** Milliseconds since the epoch. */
  now(): number;
}

/**
 * What a route needs of its caller: a value that says what it needs and evaluates a principal. Pure:
 * the answer depends on the principal and on the time only.
 */
export interface Requirement {
  /** What is needed, in words, from configuration only: `scope read:users`. */
  readonly description: string;
  /** Scopes that a caller may need for it: for challenges and `scopes_supported`. */
  readonly scopes: readonly string[];
  /** The parts of a combined requirement, for documentation. */
  readonly parts?: readonly Requirement[];
  /**
   * Whether one of its parts is enough (`one`) or all are needed (`all`, the default); of its scopes,
   * where it has no parts. It says what `evaluate` does, for challenges and documentation.
   */
  readonly needs?: 'all' | 'one';
  /** `undefined` when met. */
  evaluate(principal: Principal, context: EvaluationContext): Unmet | undefined;
}
