import { describe, expect, it } from 'vitest';
import { freshForMs } from '../../src/keys/cache-control.ts';
import { resolveKeyOptions } from '../../src/keys/key-options.ts';

const timing = resolveKeyOptions();

describe('freshness of a response', () => {
  it.each<[string, Record<string, string>, number]>([
    ['nothing said', {}, 600],
    ['max-age', { 'cache-control': 'max-age=900' }, 900],
    ['max-age among others', { 'cache-control': 'public, max-age=900, must-revalidate' }, 900],
    ['other case', { 'cache-control': 'Public, MAX-AGE=900' }, 900],
    ['quoted', { 'cache-control': 'max-age="900"' }, 900],
    ['too short', { 'cache-control': 'max-age=30' }, 300],
    ['zero', { 'cache-control': 'max-age=0' }, 300],
    ['too long', { 'cache-control': 'max-age=86400' }, 3_600],
    ['absurd', { 'cache-control': 'max-age=999999999999999' }, 3_600],
    ['aged in a shared cache', { 'cache-control': 'max-age=3600', age: '3000' }, 600],
    ['aged beyond its life', { 'cache-control': 'max-age=3600', age: '5000' }, 300],
    ['unreadable age', { 'cache-control': 'max-age=900', age: 'old' }, 900],
    ['no-cache', { 'cache-control': 'no-cache, max-age=900' }, 600],
    ['no-store', { 'cache-control': 'max-age=900, no-store' }, 600],
    ['negative', { 'cache-control': 'max-age=-1' }, 600],
    ['not a number', { 'cache-control': 'max-age=soon' }, 600],
    ['a number in other words', { 'cache-control': 'max-age=1e3' }, 600],
    ['first of two', { 'cache-control': 'max-age=900, max-age=1200' }, 900],
    ['only for shared caches', { 'cache-control': 's-maxage=900' }, 600],
  ])('%s', (_what, headers, seconds) => {
    expect(freshForMs(new Headers(headers), timing)).toBe(seconds * 1_000);
  });
});

it.each([
  [300, {}, 300],
  [1_200, { 'cache-control': 'max-age=900' }, 1_200],
  [60, {}, 300],
  [86_400, {}, 3_600],
  [0, {}, 600],
  [-5, {}, 600],
  ['300', {}, 600],
  [undefined, { 'cache-control': 'max-age=900' }, 900],
])(
  'a refresh hint of %j in the set itself is used first, within the limits',
  (hint, headers, sec) => {
    expect(freshForMs(new Headers(headers), timing, hint)).toBe(sec * 1_000);
  },
);
