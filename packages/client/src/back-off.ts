import { REASONS } from './reasons.ts';
import type { TokenSourceError } from './token-source-error.ts';

/** One attempt that was let through: exactly one of its functions is called when it is over. */
export interface Attempt {
  succeeded(): void;
  /** Gives the milliseconds until the next attempt. */
  failed(error: TokenSourceError): number;
  /** The attempt ended without telling anything about the server. */
  released(): void;
}

/** Remembers a failure, so that the server is not asked at every call. */
export interface BackOff {
  /** An attempt, or the error that callers get instead, without waiting. */
  enter(): Attempt | TokenSourceError;
  /** The failure that is remembered, until an attempt succeeds. */
  readonly last: TokenSourceError | undefined;
  /** The next attempt may be made at once: something has changed. */
  retryNow(): void;
}

/** What a back-off is made from. */
export interface BackOffOptions {
  /** Milliseconds of a clock that nobody sets. */
  readonly now: () => number;
  /** Uniform in [0, 1). */
  readonly random: () => number;
}

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;
const SHORTEST_PAUSE_MS = 100;
const LONGEST_RETRY_AFTER_MS = 60_000;
/** After a failure that does not pass by itself, the next attempt comes after this. */
const LASTING_MS = 30_000;

/**
 * The pause is at most half a second, doubling to half a minute; it is a random part of that ("full jitter"),
 * so that processes do not all try at the same moment. Or it is as long as the server says, up to a minute. A
 * failure that does not pass by itself, such as a wrong secret, is tried every half minute. After a failure one
 * attempt is let through at a time.
 */
export function createBackOff({ now, random }: BackOffOptions): BackOff {
  let last: TokenSourceError | undefined;
  let failures = 0;
  let retryAt = 0;
  let isTrying = false;
  /** Attempts that began before the last failure fail with it, and count once. */
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
