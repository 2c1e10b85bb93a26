import { expect, it } from 'vitest';
import { isAfter, LOG_START } from '../src/log-position.ts';

it.each([
  ['1-1', '1-0'],
  ['2-0', '1-9'],
  ['10-0', '9-0'],
  ['1-10', '1-9'],
  ['1700000000000-0', LOG_START],
])('%s is after %s, and not the other way round', (later, earlier) => {
  expect(isAfter(later, earlier)).toBe(true);
  expect(isAfter(earlier, later)).toBe(false);
});

it('nothing is after itself', () => {
  expect(isAfter('5-5', '5-5')).toBe(false);
  expect(LOG_START).toBe('0-0');
});
