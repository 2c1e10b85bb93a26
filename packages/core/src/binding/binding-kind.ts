import type { Presentation } from '../request/presentation.ts';
import type { CheckFailure, RequestCheck } from '../request/request-check.ts';
import type { VerifiedToken } from '../request/verified-token.ts';
import type { ConfirmationMember } from './confirmation.ts';

/** One way of binding tokens to their sender, by one member of `cnf` (RFC 7800 §3.1). */
export interface BindingKind {
  /** The member of `cnf` that this kind checks. */
  readonly member: ConfirmationMember;
  /** Whether tokens without that member are refused, too. */
  readonly isRequired: boolean;
  /**
   * Checks the member's value against this request: `undefined` when it passes, else the failure. `value` is
   * `undefined` for a token that is not bound in this way. Has no effect, and does not throw.
   */
  holds(
    value: string | undefined,
    verified: VerifiedToken,
    presented: Presentation,
  ): CheckFailure | undefined;
  /** For a kind whose evidence may be used only once: marks it as used. Runs as the last of all checks. */
  readonly markAsUsed?: RequestCheck;
}

/** The hint for a bound token that is verified without its request. */
export const USE_REQUEST =
  'A bound token can only be verified together with its request. Write: authenticate(view), or explainRequest(view)';

/** The refusal of a bound token that is verified without its request: there is no evidence to check. */
export const NEEDS_REQUEST: CheckFailure = Object.freeze({
  reason: 'sender_constraint_unsupported',
  hint: USE_REQUEST,
});

/** Makes the kind that refuses its tokens, because their way of binding is not configured. `hint` says what to write. */
export function unsupportedBinding(member: ConfirmationMember, hint: string): BindingKind {
  const unsupported: CheckFailure = Object.freeze({
    reason: 'sender_constraint_unsupported',
    hint,
  });
  return {
    member,
    isRequired: false,
    holds: (value) => (value === undefined ? undefined : unsupported),
  };
}
