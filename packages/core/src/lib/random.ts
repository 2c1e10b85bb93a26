/** Gives random numbers in [0, 1), to vary times. Must not be used for secrets. */
export const systemRandom: () => number = Math.random;
