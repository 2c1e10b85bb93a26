/** Places for questions in flight. */
export interface Lanes {
  /** Takes a place, and gives the function that frees it, to be called once; `undefined` when no place is free. */
  enter(isKnown: boolean): (() => void) | undefined;
}

/**
 * Bounds the questions in flight. Half of the places are kept for tokens that were active lately. A flood of
 * made-up tokens fills the other half only, so that callers with a good token are still served.
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
