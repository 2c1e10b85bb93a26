import { LRUCache } from 'lru-cache';

/** Bounds of what {@link memoize} keeps. */
export interface MemoBounds {
  /** Results kept; the one used longest ago goes first. */
  readonly entries: number;
  /** Longer texts are computed each time, so that strangers cannot fill the memory. */
  readonly maxLength: number;
}

interface Kept<Result> {
  readonly text: string;
  readonly result: Result;
}

/**
 * A pure function of text that repeats from token to token, with its results kept: they are shared, so
 * nobody may change them. What it throws is not kept.
 */
export function memoize<Result>(
  compute: (text: string) => Result,
  { entries, maxLength }: MemoBounds,
): (text: string) => Result {
  const kept = new LRUCache<string, Kept<Result>>({ max: entries });
  let latest: Kept<Result> | undefined;

  return function memoized(text) {
    // Mostly the same as before: comparing costs a tenth of looking up.
    if (text === latest?.text) return latest.result;
    const known = kept.get(text);
    if (known !== undefined) {
      latest = known;
      return known.result;
    }
    const result = compute(text);
    if (text.length <= maxLength) {
      latest = { text: detached(text), result };
      kept.set(latest.text, latest);
    }
    return result;
  };
}

/** A copy: V8 makes a slice by reference, and a kept one would keep the whole token in memory. */
function detached(text: string): string {
  const copy = Buffer.from(text, 'latin1').toString('latin1');
  return copy === text ? copy : text;
}
