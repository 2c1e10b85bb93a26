/** Tells the time. It can be replaced, so that tests need not wait. */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): number;
}

/** The machine's own clock. */
export const systemClock: Clock = { now: () => Date.now() };

/** Gives the current time in seconds since the epoch, with fractions, as JWTs count it (NumericDate, RFC 7519 §2). */
export function epochSeconds(clock: Clock): number {
  return clock.now() / 1000;
}
