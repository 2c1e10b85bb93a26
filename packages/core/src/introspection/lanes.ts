/** Places for questions in flight. */
export interface Lanes {
  /** Takes a place; `undefined` when there is none. The result gives it back: call it once. */
  enter(isKnown: boolean): (() => void) | undefined;
}

/**
 * Bounds the questions in flight. Half of the places are kept for tokens that were active lately: a flood
 * of made-up tokens fills the other half, and callers go on.
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
