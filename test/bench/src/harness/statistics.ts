/** The median of some samples, and the quartiles around it. */
export interface Summary {
  readonly median: number;
  readonly p25: number;
  readonly p75: number;
  readonly samples: number;
}

/** The value below which the fraction `q` of the samples lies, interpolated. `NaN` if there are no samples. */
export function quantile(samples: readonly number[], q: number): number {
  const sorted = samples.toSorted((a, b) => a - b);
  const position = (sorted.length - 1) * q;
  const below = sorted[Math.floor(position)] ?? Number.NaN;
  const above = sorted[Math.ceil(position)] ?? Number.NaN;
  return below + (above - below) * (position - Math.floor(position));
}

/** The value that half of the samples are below. */
export function median(samples: readonly number[]): number {
  return quantile(samples, 0.5);
}

/** Median and quartiles of samples. */
export function summarize(samples: readonly number[]): Summary {
  return {
    median: median(samples),
    p25: quantile(samples, 0.25),
    p75: quantile(samples, 0.75),
    samples: samples.length,
  };
}

/**
 * The ratios of one series to another, round by round. What slows a whole round down slows both series, so
 * the ratios scatter less than the times. Rounds that only one of the two has are left out.
 */
export function ratios(samples: readonly number[], base: readonly number[]): number[] {
  return paired(samples, base, (sample, against) => sample / against);
}

/** The differences between one series and another, round by round. */
export function differences(samples: readonly number[], base: readonly number[]): number[] {
  return paired(samples, base, (sample, against) => sample - against);
}

function paired(
  samples: readonly number[],
  base: readonly number[],
  combine: (sample: number, against: number) => number,
): number[] {
  const combined: number[] = [];
  for (const [round, sample] of samples.entries()) {
    const against = base[round];
    if (against !== undefined) combined.push(combine(sample, against));
  }
  return combined;
}
