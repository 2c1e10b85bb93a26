import { type Clock, epochSeconds } from '../lib/clock.ts';
import { isThenable, type MaybePromise } from '../lib/maybe-promise.ts';
import type { Principal } from '../model/principal.ts';
import type { CheckFailure, CheckResult, RequestCheck } from '../request/request-check.ts';
import type { VerifiedToken } from '../request/verified-token.ts';
import type { RevocationAskOptions } from '../stores/revocation-store.ts';
import type { ResolvedRevocation } from './revocation-options.ts';
import { createQueries, type FindQuery } from './revocation-query.ts';

/** What the check uses besides the token. */
export interface RevocationCheckContext {
  readonly clock: Clock;
  readonly clockToleranceSec: number;
  /** Makes the question about a token. Default: the question is kept for as long as the token's principal. */
  readonly queryOf?: FindQuery;
}

const REVOKED: CheckFailure = Object.freeze({ reason: 'token_revoked' });
const LIVES_TOO_LONG: CheckFailure = Object.freeze({
  reason: 'lifetime_too_long',
  hint: 'The token lives longer than the store keeps a revocation. Give the store of revocations a larger retainSec (memoryRevocations({ retainSec: 864_000 })), or let the issuer make tokens with a shorter lifetime',
});

/** The options of one question. Its signal is created only when a store reads it, because that costs time. */
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
 * Makes the check that refuses revoked tokens. It runs on every request, also for cached tokens. If the store answers
 * without a promise, the check makes none either. Does not throw.
 *
 * It also refuses a token that lives longer than the store keeps a mark (`lifetime_too_long`): once the mark is gone,
 * a revoked token would be accepted again.
 */
export function createRevocationCheck(
  { store, onOutage, timeoutMs, retainSec, outage }: ResolvedRevocation,
  { clock, clockToleranceSec, queryOf = createQueries() }: RevocationCheckContext,
): RequestCheck {
  function livesTooLong({ issuedAt, expiresAt }: Principal): boolean {
    const left = expiresAt - epochSeconds(clock);
    // This also covers a token without `iat`, or with an `iat` in the future.
    if (left > retainSec + clockToleranceSec) return true;
    return issuedAt !== undefined && expiresAt - issuedAt > retainSec;
  }

  function answered(answer: unknown): CheckResult {
    if (answer === false || answer === true) {
      outage.end();
      return answer ? REVOKED : undefined;
    }
    const failure = failed(
      new TypeError('isRevoked() of the revocation store returned neither true nor false'),
    );
    // A store may answer 1 instead of true. With `onOutage: 'accept'`, such a token is still refused as revoked.
    return failure ?? (answer ? REVOKED : undefined);
  }

  function failed(cause: unknown): CheckFailure | undefined {
    outage.begin();
    return onOutage === 'accept' ? undefined : { reason: 'revocation_unavailable', cause };
  }

  // Not with `Promise.race`, which takes ten times as long as the question itself.
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
        // A late answer is ignored. It does not end the outage either.
        if (!isOver) resolve(conclude(value));
      };
      // `Promise.resolve`, because the `then` of a foreign promise may throw, call back twice, or give no promise.
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
