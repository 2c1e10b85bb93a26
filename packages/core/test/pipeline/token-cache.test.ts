import { describe, expect, it } from 'vitest';
import { createTokenCache } from '../../src/pipeline/token-cache.ts';

const bounds = { maxEntries: 3, maxBytes: 1_000_000 };
const tail = 't'.repeat(40);

function aCache(given: Partial<typeof bounds> = {}) {
  return createTokenCache<{ readonly id: string }>({ ...bounds, ...given }, () => 1_536);
}

describe('the verified-token cache', () => {
  it('gives the same object that was stored', () => {
    const cache = aCache();
    const value = { id: 'a' };
    cache.set(`a.${tail}`, value);
    expect(cache.get(['a', tail].join('.'))).toBe(value);
  });

  it('gives nothing for another token with the same end', () => {
    const cache = aCache();
    cache.set(`a.${tail}`, { id: 'a' });
    for (const other of [`b.${tail}`, tail, tail.slice(-32), `a.${tail} `, `a.${tail}`.slice(1)]) {
      expect(cache.get(other)).toBeUndefined();
    }
  });

  it('replaces the entry of another token with the same end', () => {
    const cache = aCache();
    cache.set(`a.${tail}`, { id: 'a' });
    cache.set(`b.${tail}`, { id: 'b' });
    expect(cache.get(`a.${tail}`)).toBeUndefined();
    expect(cache.get(`b.${tail}`)).toEqual({ id: 'b' });
  });

  it('removes a token, but not another one with the same end', () => {
    const cache = aCache();
    cache.set(`a.${tail}`, { id: 'a' });
    cache.delete(`b.${tail}`);
    expect(cache.get(`a.${tail}`)).toEqual({ id: 'a' });
    cache.delete(`a.${tail}`);
    expect(cache.get(`a.${tail}`)).toBeUndefined();
  });

  it('keeps at most maxEntries, the most recently used ones', () => {
    const cache = aCache();
    for (const name of ['a', 'b', 'c']) cache.set(name.repeat(50), { id: name });
    cache.get('a'.repeat(50));
    cache.set('d'.repeat(50), { id: 'd' });
    const kept = ['a', 'b', 'c', 'd'].filter((name) => cache.get(name.repeat(50)) !== undefined);
    expect(kept).toEqual(['a', 'c', 'd']);
  });

  it('keeps at most maxBytes, and no value that is larger alone', () => {
    const cache = aCache({ maxBytes: 10_000 });
    cache.set('a'.repeat(5_000), { id: 'a' });
    cache.set('b'.repeat(5_000), { id: 'b' });
    expect(cache.get('a'.repeat(5_000))).toBeUndefined();
    expect(cache.get('b'.repeat(5_000))).toEqual({ id: 'b' });
    cache.set('c'.repeat(9_000), { id: 'c' });
    expect(cache.get('c'.repeat(9_000))).toBeUndefined();
  });

  it('removes the earlier value of a token whose new value is too large', () => {
    const cache = aCache({ maxBytes: 10_000 });
    const token = 'a'.repeat(9_000);
    cache.set('a'.repeat(100), { id: 'small' });
    cache.set(token, { id: 'large' });
    expect(cache.get(token)).toBeUndefined();
    expect(cache.get('a'.repeat(100))).toBeUndefined();
  });

  it('is empty after clear', () => {
    const cache = aCache();
    cache.set(`a.${tail}`, { id: 'a' });
    cache.clear();
    expect(cache.get(`a.${tail}`)).toBeUndefined();
  });
});

describe('delete', () => {
  it('does nothing for a token that was never stored', () => {
    const cache = aCache();
    expect(() => cache.delete(`a.${tail}`)).not.toThrow();
  });
});
