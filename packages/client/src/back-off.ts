import { REASONS } from './reasons.ts';
import type { TokenSourceError } from './token-source-error.ts';

/** One attempt that was allowed. The caller calls exactly one of its functions when the attempt has ended. */
export interface Attempt {
  succeeded(): void;
  /** Returns how many milliseconds must pass before the next attempt. */
  failed(error: TokenSourceError): number;
  /** The attempt ended without a result. It counts neither as a success nor as a failure. */
  released(): void;
}

/** Remembers the last failure, so that callers do not ask a failing server at every call. */
export interface BackOff {
  /**
   * Returns an attempt if one may begin now. Otherwise returns the remembered error, so that callers get it
   * at once.
   */
  enter(): Attempt | TokenSourceError;
  /** The last failure; `undefined` after an attempt has succeeded. */
  readonly last: TokenSourceError | undefined;
  /** Allows the next attempt at once, because something has changed. */
  retryNow(): void;
}

/** What a back-off is made from. */
export interface BackOffOptions {
  /** Milliseconds of a monotonic clock. */
  readonly now: () => number;
  /** Returns random numbers, uniform in [0, 1). */
  readonly random: () => number;
}

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;
const SHORTEST_PAUSE_MS = 100;
const LONGEST_RETRY_AFTER_MS = 60_000;
/** The pause after a failure that does not pass by itself. */
const LASTING_MS = 30_000;

/**
 * Makes a back-off. The pause after a failure is random ("full jitter"), so that processes do not all try
 * again at the same moment. Its upper limit is half a second after the first failure, and doubles with each
 * further one up to half a minute. If the server says when to try again (`Retry-After`), the pause is that
 * long, but at most a minute. After a failure that does not pass by itself, such as a wrong secret, the pause
 * is half a minute. After a failure, only one attempt at a time is allowed.
 */
export function createBackOff({ now, random }: BackOffOptions): BackOff {
  let last: TokenSourceError | undefined;
  let failures = 0;
  let retryAt = 0;
  let isTrying = false;
  /** Counts failures. An attempt that began before the last failure is not counted as another one. */
  let generation = 0;

  function pauseAfter({ reason, retryAfterSec }: TokenSourceError): number {
    if (!REASONS[reason].passes) return LASTING_MS;
    if (retryAfterSec !== undefined) {
      return Math.max(Math.min(retryAfterSec * 1_000, LONGEST_RETRY_AFTER_MS), SHORTEST_PAUSE_MS);
    }
    const pause = Math.min(FIRST_PAUSE_MS * 2 ** failures, LONGEST_PAUSE_MS);
    return Math.max(pause * random(), SHORTEST_PAUSE_MS);
  }

  function attempt(isTrial: boolean): Attempt {
    const begunIn = generation;
    const over = () => {
      if (isTrial) isTrying = false;
    };
    return {
      succeeded() {
        over();
        last = undefined;
        failures = 0;
      },
      failed(error) {
        over();
        if (begunIn !== generation) return Math.max(retryAt - now(), 0);
        last = error;
        const pause = pauseAfter(error);
        retryAt = now() + pause;
        failures += 1;
        generation += 1;
        return pause;
      },
      released: over,
    };
  }

  return {
    get last() {
      return last;
    },
    enter() {
      if (last === undefined) return attempt(false);
      if (now() < retryAt || isTrying) return last;
      isTrying = true;
      return attempt(true);
    },
    retryNow() {
      retryAt = now();
    },
  };
}
