import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { memoize } from '../../src/lib/memoize.ts';

/** A function that counts how often each text was computed. */
function counted(bounds = { entries: 2, maxLength: 8 }) {
  const calls: string[] = [];
  const memoized = memoize((text) => {
    calls.push(text);
    return Object.freeze({ text });
  }, bounds);
  return { memoized, calls };
}

describe('memoize', () => {
  it('computes a text once, and shares the result', () => {
    const { memoized, calls } = counted();
    const first = memoized('a');
    expect(memoized('b').text).toBe('b');
    expect(memoized('a')).toBe(first);
    expect(memoized('a')).toBe(first);
    expect(calls).toEqual(['a', 'b']);
  });

  it('keeps at most the given number of results, the most recently used ones', () => {
    const { memoized, calls } = counted();
    for (const text of ['a', 'b', 'a', 'c', 'a', 'b']) memoized(text);
    expect(calls).toEqual(['a', 'b', 'c', 'b']);
  });

  it('keeps no result for a text that is too long, not even as the latest', () => {
    const { memoized, calls } = counted();
    for (const text of ['123456789', '123456789', '12345678', '12345678']) memoized(text);
    expect(calls).toEqual(['123456789', '123456789', '12345678']);
  });

  it('keeps no exception', () => {
    let fails = true;
    const memoized = memoize(
      (text) => {
        if (fails) throw new Error('not now');
        return text;
      },
      { entries: 2, maxLength: 8 },
    );
    expect(() => memoized('a')).toThrow('not now');
    fails = false;
    expect(memoized('a')).toBe('a');
  });

  it('gives for every text the result of that text, also with lone surrogates', () => {
    const { memoized } = counted({ entries: 16, maxLength: 4 });
    const text = fc.string({ unit: 'binary', maxLength: 3 });
    const half = fc.constantFrom('\ud800', '\udc00', 'A', '\u0141', '\u00e9', '');
    fc.assert(
      fc.property(fc.oneof(text, half), (any) => {
        expect(memoized(any).text).toBe(any);
      }),
      { numRuns: 500 },
    );
  });
});
