import type { Clock } from '../lib/clock.ts';

/** What kind of failure it was: see {@link createCircuit}. */
export type CircuitFailure = 'outage' | 'perhaps_token' | 'other';

/** A question that the circuit lets pass: exactly one of these is called when it is over. */
export interface Passage {
  /** The server answered, whatever the answer says about the token. */
  succeeded(): void;
  failed(failure: CircuitFailure, retryAfterSec: number | undefined): void;
}

/** Decides whether the server is asked at all, after it has failed. */
export interface Circuit {
  /** `isKnown`: the token was active lately. Gives a passage, or the seconds for which questions are refused. */
  enter(isKnown: boolean): Passage | number;
  /** Whether the server has answered in the last seconds: then the token may be the cause of a failure. */
  hasAnsweredLately(): boolean;
}

/** What a circuit is made from. */
export interface CircuitOptions {
  readonly clock: Clock;
  /** Uniform in [0, 1), for jitter. */
  readonly random: () => number;
  /** Whether there is a token that was active lately, which could be the first to try again. */
  readonly hasKnown: () => boolean;
}

const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 30_000;
/** Doubling further would only overflow; the longest pause is reached long before. */
const MAX_DOUBLINGS = 10;
/** A pause is shortened at random by up to this share, so that processes do not try again at the same time. */
const JITTER = 0.5;
/** A server that has answered within this many milliseconds is up. */
const ANSWERED_LATELY_MS = 5_000;
/** For this long after a pause only a token that was active lately may be the first to try; after that, any token. */
const KNOWN_FIRST_MS = 2_000;

/**
 * Keeps a server that fails from being asked by every request: 1 s, doubling to 30 s, with jitter, or as
 * long as the server says. Afterwards one question is let through; its outcome decides.
 *
 * An `outage` (no connection, no answer in time, 429, 502, 503, 504) opens it. `perhaps_token` (another
 * 5xx) may be this server's way to say that it does not know the token: it never counts while the server
 * has answered lately; and if the token is unknown, it opens the circuit for unknown tokens only, and
 * never for longer than the first pause. So a flood of made-up tokens cannot shut callers out. `other`
 * failures (our credentials refused, a redirect, a malformed answer) come from a server that is up.
 */
export function createCircuit({ clock, random, hasKnown }: CircuitOptions): Circuit {
  /** Failures in a row, each of a question that began after the one before had ended. */
  let failures = 0;
  let openedAt = 0;
  let openUntil = 0;
  let isForStrangersAlone = false;
  let answeredAt = Number.NEGATIVE_INFINITY;
  /** Questions that began before the last change say nothing new: they fail together, and count once. */
  let generation = 0;
  let isTrying = false;

  function isWithin(from: number, until: number): boolean {
    const now = clock.now();
    // A clock that was set back must not freeze anything.
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
