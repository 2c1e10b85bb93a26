import { LRUCache } from 'lru-cache';

/** Limits of what {@link memoize} keeps. */
export interface MemoBounds {
  /** How many results are kept. The least recently used one is removed first. */
  readonly entries: number;
  /** Characters. The result for a longer text is not kept, so that clients cannot fill the memory. */
  readonly maxLength: number;
}

interface Kept<Result> {
  readonly text: string;
  readonly result: Result;
}

/**
 * Keeps the results of a pure function that is often called with the same text. The results are shared, so nobody may
 * change them. An exception is not kept.
 */
export function memoize<Result>(
  compute: (text: string) => Result,
  { entries, maxLength }: MemoBounds,
): (text: string) => Result {
  const kept = new LRUCache<string, Kept<Result>>({ max: entries });
  let latest: Kept<Result> | undefined;

  return function memoized(text) {
    // Mostly the text is the same as in the last call. To compare takes a tenth of the time of a lookup.
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

/** Copies a text. V8 implements a slice as a reference, so storing the slice would keep the whole token in memory. */
function detached(text: string): string {
  const copy = Buffer.from(text, 'latin1').toString('latin1');
  return copy === text ? copy : text;
}
