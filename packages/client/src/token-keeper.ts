import { abortable, ignoreRejection, systemErrorCode } from '@authly/core/client';
import { type AccessToken, createAccessToken } from './access-token.ts';
import { type Attempt, type BackOff, createBackOff } from './back-off.ts';
import type { IssuedToken } from './issued-token.ts';
import { REASONS } from './reasons.ts';
import type { ResolvedClock } from './source-clock.ts';
import type { TokenReport } from './token-report.ts';
import { isTokenSourceError, TokenSourceError } from './token-source-error.ts';
import { type TokenTimes, timesOf, timesOfSame } from './token-times.ts';

/** A token that is kept, and when it is renewed. */
export interface KeptToken {
  readonly token: AccessToken;
  readonly issued: IssuedToken;
  readonly times: TokenTimes;
}

/**
 * Keeps one token. It fetches the token at the first call and refreshes it before it expires. Calls at the
 * same time share one request.
 */
export interface TokenKeeper {
  /**
   * Returns a usable token, or a promise of one if it must be fetched. Throws or rejects with a
   * `TokenSourceError`.
   */
  get(signal?: AbortSignal): AccessToken | Promise<AccessToken>;
  /**
   * Resolves with a token that replaces one that an API did not accept: the newer one if there is one
   * already, otherwise a new one. Resolves with `undefined` if the token is so young that the API would not
   * accept a new one either, or if none can be fetched.
   */
  renew(refused: AccessToken, signal?: AbortSignal): Promise<AccessToken | undefined>;
  /** The kept token, even if it is no longer usable. */
  readonly kept: KeptToken | undefined;
  /** Whether there is a usable token. */
  readonly isUsable: boolean;
  /** Whether the subject's token has expired, or another keeper has taken the place of this one. */
  readonly isOver: boolean;
  /**
   * Marks this keeper as replaced by another. Callers that already wait still get the result of the running
   * request.
   */
  retire(): void;
  /** Forgets the token. The result of a running request will not be kept either. */
  drop(): void;
  /** Ends running requests. Every later call fails. */
  close(): void;
}

/** What a keeper is made from. */
export interface TokenKeeperOptions {
  /** Asks the server once. */
  readonly request: (signal: AbortSignal) => Promise<IssuedToken>;
  /** Remembers failures of the server. All keepers of this client share it. */
  readonly server: BackOff;
  readonly clock: ResolvedClock;
  readonly random: () => number;
  /** A random factor near 1: see `TokenLife.spread`. */
  readonly spread: number;
  /** Time limit of one request in milliseconds, including discovery and repetitions. */
  readonly timeoutMs: number;
  readonly report: TokenReport;
  /** When the caller's token ends, in milliseconds of the monotonic clock. */
  readonly subjectEndsAt?: number | undefined;
}

/** The assumed life of a token if the server does not say how long it lives (RFC 6749 §5.1). */
const UNSTATED_LIFE_SEC = 60;
/**
 * If a token is younger than this and an API does not accept it, the API would not accept the next one
 * either.
 */
const TOO_YOUNG_MS = 5_000;

/** Makes the keeper of one token. */
export function createTokenKeeper(options: TokenKeeperOptions): TokenKeeper {
  const { server, clock, report, spread, subjectEndsAt } = options;
  const now = () => clock.monotonicMs();
  const own = createBackOff({ now, random: options.random });
  let kept: KeptToken | undefined;
  let flight: Promise<AccessToken> | undefined;
  /** The time limits of all running requests, including those whose result will be dropped. */
  const limits = new Set<AbortController>();
  let isClosed = false;
  let isRetired = false;
  /** Counts drops: the result of a request that began before the last one is not kept. */
  let drops = 0;

  function usable(): KeptToken | undefined {
    return kept !== undefined && now() < kept.times.unusableAt ? kept : undefined;
  }

  /** Returns the running request or a new one. Returns the remembered error if no request may begin now. */
  function join(): Promise<AccessToken> | TokenSourceError {
    if (flight !== undefined) return flight;
    const attempt = own.enter();
    if (isTokenSourceError(attempt)) return attempt;
    const serverAttempt = server.enter();
    if (isTokenSourceError(serverAttempt)) {
      attempt.released();
      return serverAttempt;
    }
    const mine = fly(attempt, serverAttempt).finally(() => {
      if (flight === mine) flight = undefined;
    });
    flight = mine;
    // Nobody may be waiting for it: callers may have stopped waiting, and a refresh in the background has no
    // caller.
    ignoreRejection(mine);
    return mine;
  }

  async function fly(attempt: Attempt, serverAttempt: Attempt): Promise<AccessToken> {
    const limit = new AbortController();
    limits.add(limit);
    const timer = setTimeout(
      () => limit.abort(new TokenSourceError('issuer_timeout')),
      options.timeoutMs,
    );
    timer.unref();
    const dropsBefore = drops;
    try {
      const issued = await abortable(options.request(limit.signal), limit.signal);
      const before = kept;
      const next = keptTokenOf(issued, before);
      serverAttempt.succeeded();
      attempt.succeeded();
      if (next.token === before?.token) report.sameAgain();
      else report.fetched(issued, next.times, before !== undefined && now() < before.times.endsAt);
      if (drops === dropsBefore && !isClosed) kept = next;
      return next.token;
    } catch (cause) {
      const error = isTokenSourceError(cause)
        ? cause
        : new TokenSourceError('issuer_unreachable', { code: systemErrorCode(cause) });
      throw failed(error, attempt, serverAttempt);
    } finally {
      clearTimeout(timer);
      limits.delete(limit);
    }
  }

  function failed(
    error: TokenSourceError,
    attempt: Attempt,
    serverAttempt: Attempt,
  ): TokenSourceError {
    if (REASONS[error.reason].concerns === 'caller') {
      attempt.released();
      serverAttempt.released();
      return error;
    }
    report.failed(error, remember(error, attempt, serverAttempt));
    return error;
  }

  /** Gives the milliseconds until the next attempt. */
  function remember(error: TokenSourceError, attempt: Attempt, serverAttempt: Attempt): number {
    if (subjectEndsAt !== undefined && isPerhapsAboutSubject(error)) {
      serverAttempt.released();
      return attempt.failed(error);
    }
    if (REASONS[error.reason].concerns === 'server') {
      attempt.released();
      return serverAttempt.failed(error);
    }
    // The server works, because it has answered about this token.
    serverAttempt.succeeded();
    return attempt.failed(error);
  }

  function keptTokenOf(issued: IssuedToken, before: KeptToken | undefined): KeptToken {
    const { value, type, scopes, requestedAt, lifeSec = UNSTATED_LIFE_SEC } = issued;
    const life = { requestedAt, lifeMs: lifeSec * 1_000, spread, subjectEndsAt };
    if (before?.token.accessToken === value) {
      const times = timesOfSame(before.times, life);
      if (times === undefined) throw new TokenSourceError('answer_unusable');
      return { token: before.token, issued, times };
    }
    const times = timesOf(life);
    const expiresAt = Math.floor((clock.now() - now() + times.endsAt) / 1_000);
    const token = createAccessToken({ accessToken: value, type, scopes, expiresAt });
    return { token, issued, times };
  }

  function isOver(): boolean {
    return subjectEndsAt !== undefined && now() >= subjectEndsAt;
  }

  function check(): void {
    if (isClosed) throw new TokenSourceError('closed');
    if (isOver()) throw new TokenSourceError('subject_expired');
  }

  return {
    get kept() {
      return kept;
    },
    get isUsable() {
      return usable() !== undefined;
    },
    get isOver() {
      return isRetired || isOver();
    },
    retire() {
      isRetired = true;
    },
    get(signal) {
      check();
      // The clock is read once, since every call with a usable token runs this.
      const time = now();
      if (kept !== undefined && time < kept.times.unusableAt) {
        const { token, times } = kept;
        if (time >= times.refreshAt) ignoreRejection(join());
        return token;
      }
      const joined = join();
      if (isTokenSourceError(joined)) throw joined;
      return abortable(joined, signal);
    },
    async renew(refused, signal) {
      check();
      const current = usable();
      if (current !== undefined && current.token !== refused) return current.token;
      if (current !== undefined && now() - current.issued.requestedAt < TOO_YOUNG_MS) {
        return undefined;
      }
      const joined = join();
      if (isTokenSourceError(joined)) return undefined;
      try {
        const next = await abortable(joined, signal);
        return next === refused ? undefined : next;
      } catch (error) {
        if (signal?.aborted) throw error;
        return undefined;
      }
    },
    drop() {
      kept = undefined;
      flight = undefined;
      drops += 1;
    },
    close() {
      isClosed = true;
      kept = undefined;
      for (const limit of limits) limit.abort(new TokenSourceError('closed'));
    },
  };
}

/** Statuses that are about the server, whoever's token it was asked about. */
const OUTAGES: ReadonlySet<number | undefined> = new Set([429, 502, 503, 504]);

/**
 * Another 5xx may be how a server answers to a caller's token that it cannot read. If it counted for the server, one
 * caller could keep all others from being served.
 */
function isPerhapsAboutSubject({ reason, serverStatus }: TokenSourceError): boolean {
  return reason === 'issuer_unavailable' && !OUTAGES.has(serverStatus);
}
