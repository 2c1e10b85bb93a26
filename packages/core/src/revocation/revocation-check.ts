import { abortable } from '../lib/abortable.ts';
import { type Clock, epochSeconds } from '../lib/clock.ts';
import { isThenable, type MaybePromise } from '../lib/maybe-promise.ts';
import type { Principal } from '../model/principal.ts';
import type { CheckFailure, CheckResult, RequestCheck } from '../request/request-check.ts';
import type { VerifiedToken } from '../request/verified-token.ts';
import type { RevocationAskOptions } from '../stores/revocation-store.ts';
import type { ResolvedRevocation } from './revocation-options.ts';
import { createQueries } from './revocation-query.ts';

/** What the check looks at beside the token. */
export interface RevocationCheckContext {
  readonly clock: Clock;
  readonly clockToleranceSec: number;
}

const REVOKED: CheckFailure = Object.freeze({ reason: 'token_revoked' });
const LIVES_TOO_LONG: CheckFailure = Object.freeze({
  reason: 'lifetime_too_long',
  advice:
    'The token lives longer than a revocation of it would be remembered. Give the store of revocations a larger retainSec (memoryRevocations({ retainSec: 864_000 })), or let the issuer make tokens that live shorter',
});

/** Made for each question: a timer and a signal cost more than a store in memory, so they wait until needed. */
class AskOptions implements RevocationAskOptions {
  #limit: AbortController | undefined;

  get signal(): AbortSignal {
    return this.limit.signal;
  }

  get limit(): AbortController {
    this.#limit ??= new AbortController();
    return this.#limit;
  }
}

/**
 * Refuses tokens that were revoked, on every request: a token from a cache is asked about, too. A store
 * that gives its answer at once costs no promise. Does not throw.
 */
export function createRevocationCheck(
  { store, onOutage, timeoutMs, retainSec, outage }: ResolvedRevocation,
  { clock, clockToleranceSec }: RevocationCheckContext,
): RequestCheck {
  const queryOf = createQueries();

  // A mark is kept for so long: a token that lives longer would be good again once the mark is gone.
  function livesTooLong({ issuedAt, expiresAt }: Principal): boolean {
    const left = expiresAt - epochSeconds(clock);
    // Also for a token from the future, or one that does not say when it was issued.
    if (left > retainSec + clockToleranceSec) return true;
    return issuedAt !== undefined && expiresAt - issuedAt > retainSec;
  }

  function answered(answer: unknown): CheckResult {
    if (answer === false || answer === true) {
      outage.end();
      return answer ? REVOKED : undefined;
    }
    const failure = failed(
      new TypeError('isRevoked() of the revocation store gave neither true nor false'),
    );
    // 1, as a database counts, is no answer. Where outages are accepted, it is no reason to accept either.
    return failure ?? (answer ? REVOKED : undefined);
  }

  function failed(cause: unknown): CheckFailure | undefined {
    outage.begin();
    return onOutage === 'accept' ? undefined : { reason: 'revocation_unavailable', cause };
  }

  function inTime(answer: PromiseLike<unknown>, limit: AbortController): Promise<CheckResult> {
    const late = () =>
      limit.abort(new DOMException('The revocation store took too long', 'TimeoutError'));
    const timer = setTimeout(late, timeoutMs);
    timer.unref();
    // Promise.resolve, since a `then` of somebody else's may throw, answer twice, or give no promise.
    return abortable(Promise.resolve(answer), limit.signal)
      .finally(() => clearTimeout(timer))
      .then(answered, failed);
  }

  function ask(verified: VerifiedToken, token: string): MaybePromise<CheckResult> {
    const options = new AskOptions();
    try {
      const answer: unknown = store.isRevoked(queryOf(verified, token), options);
      return isThenable(answer) ? inTime(answer, options.limit) : answered(answer);
    } catch (cause) {
      return failed(cause);
    }
  }

  return {
    step: 'revocation',
    check: (verified, { token }) =>
      livesTooLong(verified.principal) ? LIVES_TOO_LONG : ask(verified, token),
  };
}
