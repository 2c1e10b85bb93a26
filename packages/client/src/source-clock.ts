import { performance } from 'node:perf_hooks';
import { type Clock, systemClock } from '@authly/core/client';

/** The time, as a token source reads it. */
export interface SourceClock extends Clock {
  /** Milliseconds of a clock that nobody sets. Default: `now` of this clock. */
  monotonicMs?(): number;
}

/** {@link SourceClock} with both readings. */
export interface ResolvedClock extends Clock {
  monotonicMs(): number;
}

const SYSTEM: ResolvedClock = {
  now: () => systemClock.now(),
  monotonicMs: () => performance.now(),
};

/** The clock with both readings; the machine's own without one. */
export function resolveClock(clock: SourceClock | undefined): ResolvedClock {
  if (clock === undefined) return SYSTEM;
  return { now: () => clock.now(), monotonicMs: () => clock.monotonicMs?.() ?? clock.now() };
}
