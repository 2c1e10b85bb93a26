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
 * Checks the token of an open connection again: its issuer, key, time and revocation. A token that was
 * introspected is introspected again, even if the cached answer is still recent enough for requests. The
 * sender constraint is not checked again: it was checked when the connection was opened, and there is no new
 * request with evidence.
 *
 * Resolves to the token as it is known now. Rejects with an `AuthError` when a check failed. With the code
 * `temporarily_unavailable` a dependency was down, and the token may still be good.
 */
export type Recheck = (held: HeldToken) => Promise<HeldToken>;

/** Makes the {@link Recheck} of a resource server. */
export function createRecheck({ readAgain, ...context }: RecheckContext): Recheck {
  // `queryOnce` makes a new question each time. A stored one would stay in memory for as long as the
  // connection is open, which may be days.
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
