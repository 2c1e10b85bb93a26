/** A limited number of places for questions in flight. */
export interface Lanes {
  /**
   * Takes a place, and gives the function that frees it, which must be called once. `undefined` when no place is
   * free. `isKnown` says that the token was active lately.
   */
  enter(isKnown: boolean): (() => void) | undefined;
}

/**
 * Limits the questions in flight. Half of the places are kept for tokens that were active lately. A flood of
 * made-up tokens can fill only the other half, so callers with a good token are still served.
 */
export function createLanes(places: number): Lanes {
  const forStrangers = Math.max(1, Math.floor(places / 2));
  let taken = 0;
  let takenByStrangers = 0;
  return {
    enter(isKnown) {
      if (taken >= places || (!isKnown && takenByStrangers >= forStrangers)) return undefined;
      taken += 1;
      if (!isKnown) takenByStrangers += 1;
      return () => {
        taken -= 1;
        if (!isKnown) takenByStrangers -= 1;
      };
    },
  };
}
