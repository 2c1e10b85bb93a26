import { performance } from 'node:perf_hooks';
import { type Clock, systemClock } from '@authly/core/client';

/** The clock of a token source. */
export interface SourceClock extends Clock {
  /**
   * Milliseconds of a monotonic clock, which does not change when the time of day is set. Default: `now` of
   * this clock.
   */
  monotonicMs?(): number;
}

/** {@link SourceClock} with both functions. */
export interface ResolvedClock extends Clock {
  monotonicMs(): number;
}

const SYSTEM: ResolvedClock = {
  now: () => systemClock.now(),
  monotonicMs: () => performance.now(),
};

/** Completes the given clock. If there is none, returns the machine's own. */
export function resolveClock(clock: SourceClock | undefined): ResolvedClock {
  if (clock === undefined) return SYSTEM;
  return { now: () => clock.now(), monotonicMs: () => clock.monotonicMs?.() ?? clock.now() };
}
