import type { Presentation } from '../request/presentation.ts';
import type { CheckFailure, RequestCheck } from '../request/request-check.ts';
import type { VerifiedToken } from '../request/verified-token.ts';
import type { ConfirmationMember } from './confirmation.ts';

/** One way of binding tokens to their sender, by one member of `cnf` (RFC 7800 §3.1). */
export interface BindingKind {
  /** The member that it answers for. */
  readonly member: ConfirmationMember;
  /** Whether tokens without that member are refused, too. */
  readonly isRequired: boolean;
  /**
   * Whether the member's value holds on this request; `undefined` stands for a token that is not bound in
   * this way. Has no effect, and does not throw.
   */
  holds(
    value: string | undefined,
    verified: VerifiedToken,
    presented: Presentation,
  ): CheckFailure | undefined;
  /** The last check of all, for a kind whose evidence counts once. */
  readonly markAsUsed?: RequestCheck;
}

/** What to do where a bound token comes without its request. */
export const USE_REQUEST =
  'What a bound token is bound to comes with its request. Write: authenticate(view), or explainRequest(view)';

/** A bound token without a request, and so without any evidence. */
export const NEEDS_REQUEST: CheckFailure = Object.freeze({
  reason: 'sender_constraint_unsupported',
  hint: USE_REQUEST,
});

/** Refuses tokens that are bound in a way that is not configured. `hint` is the option to write. */
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
