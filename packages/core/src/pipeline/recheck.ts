import type { MaybePromise } from '../lib/maybe-promise.ts';
import { AuthError } from '../model/errors.ts';
import type { HeldToken } from '../request/held-token.ts';
import type { CheckFailure } from '../request/request-check.ts';
import type { ReadOutcome } from '../request/token-reader.ts';
import type { VerifiedToken } from '../request/verified-token.ts';
import { queryOnce } from '../revocation/revocation-query.ts';
import { type ChecksContext, createChecks } from './checks.ts';
import { type ChecksResult, composeChecks } from './run-checks.ts';
import { unsettledReason } from './unsettled.ts';

/** What a {@link Recheck} is made from. */
export interface RecheckContext
  extends Omit<ChecksContext, 'senderConstraint' | 'hasEffects' | 'queryOf'> {
  /** Reads a token without looking it up in the cache of verified tokens, and stores the result there. */
  readAgain(token: string): MaybePromise<ReadOutcome>;
}

/**
 * Asks again about a token that was let in earlier, for a connection that is still open: issuer, key,
 * time, revocation. A token that was introspected is introspected again, even if the cached answer is still
 * recent enough for requests. Does not check the sender constraint: it held when the connection was opened,
 * and there is no new request with evidence.
 *
 * Resolves to the token, with what is known of it now. Rejects with the `AuthError` of the check that failed.
 * With the code `temporarily_unavailable` something was down, and the token may still be good.
 */
export type Recheck = (held: HeldToken) => Promise<HeldToken>;

/** Makes the {@link Recheck} of a resource server. */
export function createRecheck({ readAgain, ...context }: RecheckContext): Recheck {
  // `queryOnce` keeps no question: every connection would keep one, and connections live for days.
  const runChecks = composeChecks(
    createChecks({
      ...context,
      senderConstraint: undefined,
      hasEffects: false,
      queryOf: queryOnce,
    }),
  );

  async function check({ token, verified }: HeldToken): Promise<ChecksResult> {
    return await runChecks(verified, { token, scheme: 'bearer', request: undefined });
  }

  return async function recheck(held) {
    const { token, verified } = held;
    if (verified.readAt === undefined) {
      const result = await check(held);
      if (result === undefined) return held;
      if ('reason' in result) throw refusal(result, verified);
    }
    const outcome = await readAgain(token);
    if (outcome.principal === undefined)
      throw new AuthError(outcome.reason, outcome, outcome.details);
    const again = { token, verified: outcome };
    const result = await check(again);
    if (result === undefined) return again;
    if ('reason' in result) throw refusal(result, again.verified);
    throw refusal({ reason: unsettledReason(result.readAgain) }, again.verified);
  };
}

function refusal(
  { reason, details, cause, hint }: CheckFailure,
  { issuer, principal }: VerifiedToken,
): AuthError {
  const known = { cause, hint, issuerName: issuer.name, kind: principal.kind };
  return new AuthError(reason, known, details);
}
