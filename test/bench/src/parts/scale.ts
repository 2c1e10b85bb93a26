/** How thorough a run is. */
export interface Scale {
  /** For trying out the benchmark itself: few rounds, figures worth nothing. */
  readonly quick: boolean;
  /** Rounds to run: those asked for, or two. */
  rounds(count: number): number;
  /** Size of something that takes long to make: the one asked for, or a tenth. */
  size(count: number): number;
}

/** A thorough run, or a quick one. */
export function scaleOf(quick: boolean): Scale {
  return {
    quick,
    rounds: (count) => (quick ? Math.min(count, 2) : count),
    size: (count) => (quick ? Math.ceil(count / 10) : count),
  };
}
