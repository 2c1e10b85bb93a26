import { type Clock, epochSeconds } from '../lib/clock.ts';
import { isThenable, type MaybePromise } from '../lib/maybe-promise.ts';
import type { Principal } from '../model/principal.ts';
import type { CheckFailure, CheckResult, RequestCheck } from '../request/request-check.ts';
import type { VerifiedToken } from '../request/verified-token.ts';
import type { RevocationAskOptions } from '../stores/revocation-store.ts';
import type { ResolvedRevocation } from './revocation-options.ts';
import { createQueries, type FindQuery } from './revocation-query.ts';

/** What the check looks at beside the token. */
export interface RevocationCheckContext {
  readonly clock: Clock;
  readonly clockToleranceSec: number;
  /** Gives the question about a token. Default: one that is remembered while its principal is kept. */
  readonly queryOf?: FindQuery;
}

const REVOKED: CheckFailure = Object.freeze({ reason: 'token_revoked' });
const LIVES_TOO_LONG: CheckFailure = Object.freeze({
  reason: 'lifetime_too_long',
  hint: 'The token lives longer than a revocation of it would be remembered. Give the store of revocations a larger retainSec (memoryRevocations({ retainSec: 864_000 })), or let the issuer make tokens that live shorter',
});

/** Made for each question. The signal waits until a store reads it: it costs more than a store in memory. */
class Question implements RevocationAskOptions {
  #limit: AbortController | undefined;

  get signal(): AbortSignal {
    this.#limit ??= new AbortController();
    return this.#limit.signal;
  }

  end(reason: unknown): void {
    this.#limit ??= new AbortController();
    this.#limit.abort(reason);
  }
}

/**
 * Refuses tokens that were revoked, on every request: a token from a cache is asked about, too. A store
 * that gives its answer at once costs no promise. Does not throw.
 */
export function createRevocationCheck(
  { store, onOutage, timeoutMs, retainSec, outage }: ResolvedRevocation,
  { clock, clockToleranceSec, queryOf = createQueries() }: RevocationCheckContext,
): RequestCheck {
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

  // Not a race of promises, which would take ten times as long as the question itself.
  function inTime(answer: PromiseLike<unknown>, question: Question): Promise<CheckResult> {
    return new Promise((resolve) => {
      let isOver = false;
      const timer = setTimeout(() => {
        isOver = true;
        const cause = new DOMException('The revocation store took too long', 'TimeoutError');
        resolve(failed(cause));
        question.end(cause);
      }, timeoutMs);
      timer.unref();
      const settle = (conclude: (value: unknown) => CheckResult) => (value: unknown) => {
        clearTimeout(timer);
        // What comes late decides nothing, and does not end the outage either.
        if (!isOver) resolve(conclude(value));
      };
      // Promise.resolve, since a `then` of somebody else's may throw, answer twice, or give no promise.
      Promise.resolve(answer).then(settle(answered), settle(failed));
    });
  }

  function ask(verified: VerifiedToken, token: string): MaybePromise<CheckResult> {
    const question = new Question();
    try {
      const answer: unknown = store.isRevoked(queryOf(verified, token), question);
      return isThenable(answer) ? inTime(answer, question) : answered(answer);
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
