import type { Clock } from '../lib/clock.ts';

/** The kind of a failure. {@link createCircuit} says what each means. */
export type CircuitFailure = 'outage' | 'perhaps_token' | 'other';

/** A question that the circuit let pass. When it is over, exactly one of these functions must be called. */
export interface Passage {
  /** The server answered, whatever the answer says about the token. */
  succeeded(): void;
  failed(failure: CircuitFailure, retryAfterSec: number | undefined): void;
}

/** A circuit breaker: decides whether the server is asked, after it has failed. */
export interface Circuit {
  /**
   * Gives a passage, or the number of seconds for which questions are refused. `isKnown` says that the token was
   * active lately.
   */
  enter(isKnown: boolean): Passage | number;
  /** Whether the server has answered in the last seconds: then the token may be the cause of a failure. */
  hasAnsweredLately(): boolean;
}

/** What a circuit is made from. */
export interface CircuitOptions {
  readonly clock: Clock;
  /** Random numbers in [0, 1), to vary pauses. */
  readonly random: () => number;
  /** Whether any token was active lately. A question about such a token should be the first one after a pause. */
  readonly hasKnown: () => boolean;
}

const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 30_000;
/** The longest pause is reached long before this; the limit only prevents an overflow. */
const MAX_DOUBLINGS = 10;
/** A pause is shortened at random by up to this share, so that processes do not try again at the same time. */
const JITTER = 0.5;
/** A server that has answered within this many milliseconds counts as up. */
const ANSWERED_LATELY_MS = 5_000;
/** In this time after a pause, only a token that was active lately may be tried first. After it, any token may. */
const KNOWN_FIRST_MS = 2_000;

/**
 * Makes a circuit breaker. After a failure the server is not asked for a pause: 1 s, then twice as long after each
 * further failure, up to 30 s, shortened at random; or as long as the server's `Retry-After` says. After the pause one
 * question is let through. Its outcome decides whether the circuit closes or pauses again.
 *
 * - `outage` (no connection, no answer in time, 429, 502, 503, 504) opens the circuit.
 * - `perhaps_token` (another 5xx) may be how this server says that it does not know the token. It does not count if
 *   the server has answered lately. Otherwise it opens the circuit: if the token was never active, only for such
 *   tokens, and only for the first pause. So a flood of made-up tokens cannot lock out other callers.
 * - `other` (our credentials refused, a redirect, a malformed answer) shows that the server is up, and closes it.
 */
export function createCircuit({ clock, random, hasKnown }: CircuitOptions): Circuit {
  /** Failures in a row. Questions that were in flight together count as one. */
  let failures = 0;
  let openedAt = 0;
  let openUntil = 0;
  let isForStrangersAlone = false;
  let answeredAt = Number.NEGATIVE_INFINITY;
  /**
   * Counts the changes of this circuit. Questions that began before the last change fail together with others, so
   * their failures are not counted again.
   */
  let generation = 0;
  let isTrying = false;

  function isWithin(from: number, until: number): boolean {
    const now = clock.now();
    // Checks `from` as well: otherwise a pause would last too long after the clock was set back.
    return now >= from && now < until;
  }

  function hasAnsweredLately(): boolean {
    return isWithin(answeredAt, answeredAt + ANSWERED_LATELY_MS);
  }

  function close(): void {
    failures = 0;
    generation += 1;
  }

  function open(
    isKnown: boolean,
    failure: CircuitFailure,
    retryAfterSec: number | undefined,
  ): void {
    const isStrange = failure === 'perhaps_token' && !isKnown;
    // The failure of an unknown token neither prolongs nor shortens a pause that a real outage has caused.
    if (isStrange && failures > 0 && !isForStrangersAlone) return;
    isForStrangersAlone = isStrange;
    const doublings = isStrange ? 0 : Math.min(failures, MAX_DOUBLINGS);
    const pause = Math.min(FIRST_PAUSE_MS * 2 ** doublings, LONGEST_PAUSE_MS);
    failures = isStrange ? 1 : failures + 1;
    openedAt = clock.now();
    openUntil =
      openedAt +
      (retryAfterSec === undefined ? pause * (1 - JITTER * random()) : retryAfterSec * 1_000);
    generation += 1;
  }

  function passage(isKnown: boolean, isTrial: boolean): Passage {
    const begunIn = generation;
    const over = () => {
      if (isTrial) isTrying = false;
    };
    return {
      succeeded() {
        over();
        answeredAt = clock.now();
        close();
      },
      failed(failure, retryAfterSec) {
        over();
        if (failure === 'other') return failures > 0 ? close() : undefined;
        if (begunIn !== generation) return;
        if (failure === 'perhaps_token' && hasAnsweredLately()) return;
        open(isKnown, failure, retryAfterSec);
      },
    };
  }

  function secondsUntil(time: number): number {
    return Math.max(1, Math.ceil((time - clock.now()) / 1_000));
  }

  return {
    hasAnsweredLately,
    enter(isKnown) {
      if (failures === 0 || (isKnown && isForStrangersAlone)) return passage(isKnown, false);
      if (isWithin(openedAt, openUntil)) return secondsUntil(openUntil);
      if (isTrying) return 1;
      const knownFirstUntil = openUntil + KNOWN_FIRST_MS;
      if (!isKnown && hasKnown() && isWithin(openedAt, knownFirstUntil)) {
        return secondsUntil(knownFirstUntil);
      }
      isTrying = true;
      return passage(isKnown, true);
    },
  };
}
