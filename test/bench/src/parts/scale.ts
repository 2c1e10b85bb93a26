/** How thorough a run is. */
export interface Scale {
  /** Whether this run only tries the benchmark out: with few rounds, its figures mean nothing. */
  readonly quick: boolean;
  /** How many rounds to run: `count`, or two in a quick run. */
  rounds(count: number): number;
  /** How many of something that takes long to make: `count`, or a tenth of it in a quick run. */
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
