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
 * Keeps the results of a pure function whose argument is the same for many tokens. The results are shared, so
 * nobody may change them. An exception is not kept.
 */
export function memoize<Result>(
  compute: (text: string) => Result,
  { entries, maxLength }: MemoBounds,
): (text: string) => Result {
  const kept = new LRUCache<string, Kept<Result>>({ max: entries });
  let latest: Kept<Result> | undefined;

  return function memoized(text) {
    // Mostly the argument is the same as in the last call; comparing costs a tenth of a lookup.
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

/** Copies a text. V8's slices refer to the whole text, so a slice that is kept would keep the whole token in memory. */
function detached(text: string): string {
  const copy = Buffer.from(text, 'latin1').toString('latin1');
  return copy === text ? copy : text;
}
