import { expect, it } from 'vitest';
import { createMarkShares } from '../../src/stores/mark-shares.ts';

it('a holder may have as many marks as are free; the marks of others do not count for it', () => {
  const shares = createMarkShares();
  expect(shares.mayAdd('a', 1)).toBe(true);
  expect(shares.mayAdd('a', 0)).toBe(false);
  shares.add('1', 'a');
  shares.add('2', 'a');
  expect(shares.mayAdd('a', 2)).toBe(false);
  expect(shares.mayAdd('a', 3)).toBe(true);
  expect(shares.mayAdd('b', 1)).toBe(true);
});

it('a mark counts until it is removed, once, and a mark without a holder counts for none', () => {
  const shares = createMarkShares();
  for (const id of ['1', '2', '3']) shares.add(id, 'a');
  for (const id of ['1', '1', 'x']) shares.remove(id);
  expect(shares.mayAdd('a', 2)).toBe(false);
  expect(shares.mayAdd('a', 3)).toBe(true);
  for (const id of ['2', '3']) shares.remove(id);
  expect(shares.mayAdd('a', 1)).toBe(true);
  expect(shares.mayAdd('a', 0)).toBe(false);
});
