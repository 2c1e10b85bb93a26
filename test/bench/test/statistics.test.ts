import { describe, expect, it } from 'vitest';
import { differences, median, quantile, ratios, summarize } from '../src/harness/statistics.ts';

describe('quantile', () => {
  it('interpolates between neighbors, whatever the order of the samples', () => {
    expect(quantile([40, 10, 30, 20], 0.25)).toBeCloseTo(17.5);
    expect(quantile([40, 10, 30, 20], 0)).toBe(10);
    expect(quantile([40, 10, 30, 20], 1)).toBe(40);
  });

  it('sorts by value, not by text', () => {
    expect(median([9, 10, 100])).toBe(10);
  });

  it('leaves the samples as they are', () => {
    const samples = [3, 1, 2];
    quantile(samples, 0.5);
    expect(samples).toEqual([3, 1, 2]);
  });

  it('is NaN if there are no samples', () => {
    expect(quantile([], 0.5)).toBeNaN();
  });
});

describe('median', () => {
  it('is the middle of an odd number of samples, and halfway between the two of an even one', () => {
    expect(median([5, 1, 3])).toBe(3);
    expect(median([4, 1, 3, 2])).toBe(2.5);
  });

  it('does not follow a single round that went wrong', () => {
    expect(median([10, 11, 12, 13, 9_000])).toBe(12);
  });
});

it('summarize gives the median, the middle half and how many samples there were', () => {
  expect(summarize([1, 2, 3, 4, 5])).toEqual({ median: 3, p25: 2, p75: 4, samples: 5 });
});

it('ratios compares round by round, so that a slow round cancels out', () => {
  expect(ratios([20, 200, 40], [10, 100, 20])).toEqual([2, 2, 2]);
});

it('differences compares round by round too', () => {
  expect(differences([12, 105], [10, 100])).toEqual([2, 5]);
});

it('ratios and differences leave out rounds that only one series has', () => {
  expect(ratios([2, 4, 6], [1, 2])).toEqual([2, 2]);
  expect(differences([2], [1, 2])).toEqual([1]);
});
