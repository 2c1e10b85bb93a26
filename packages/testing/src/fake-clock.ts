import type { Clock } from '@authly/core';

/** A clock whose time only changes when a test changes it. */
export interface FakeClock extends Clock {
  /** Sets the time, in milliseconds since the Unix epoch; backwards too. */
  set(epochMs: number): void;
  /** Moves the time by milliseconds; negative ones move it back. */
  advance(ms: number): void;
  /** Moves the time by seconds, as tokens count; negative ones move it back. */
  advanceSec(seconds: number): void;
}

const DEFAULT_START_MS = Date.UTC(2030, 0, 1);

/**
 * A fake clock, to be given as `clock` to a resource server, an issuer and `testIssuer`. It
 * starts at `startMs`, by default at the beginning of 2030 (UTC), so that a test is the same every
 * day.
 */
export function fakeClock(startMs: number = DEFAULT_START_MS): FakeClock {
  let nowMs = startMs;
  return {
    now: () => nowMs,
    set(epochMs) {
      nowMs = epochMs;
    },
    advance(ms) {
      nowMs += ms;
    },
    advanceSec(seconds) {
      nowMs += seconds * 1000;
    },
  };
}
