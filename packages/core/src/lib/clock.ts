/** Where the time comes from. Replaceable, so that tests never sleep. */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): number;
}

/** The machine's own clock. */
export const systemClock: Clock = { now: () => Date.now() };

/** Milliseconds of a {@link Clock} as the seconds of a JWT's NumericDate (RFC 7519 §2). */
export function epochSeconds(clock: Clock): number {
  return clock.now() / 1000;
}
