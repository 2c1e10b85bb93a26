import { expect, it } from 'vitest';
import {
  isRevocationStoreFullError,
  RevocationStoreFullError,
} from '../../src/stores/revocation-store-full-error.ts';

it.each([
  ['store', 'The store of revocations is full'],
  ['holder', 'The store of revocations is full for this holder'],
] as const)('says what is full: the %s', (full, message) => {
  const error = new RevocationStoreFullError(full);
  expect(error).toMatchObject({ name: 'RevocationStoreFullError', full, message });
  expect(isRevocationStoreFullError(error)).toBe(true);
});

it('is recognized by its brand, also if another copy of the package made it', () => {
  const brand = Symbol.for('@authly/core:RevocationStoreFullError');
  expect(isRevocationStoreFullError(Object.assign(new Error('x'), { [brand]: true }))).toBe(true);
  const look = { name: 'RevocationStoreFullError', full: 'holder' };
  for (const other of [look, new Error('x'), null, 'x']) {
    expect(isRevocationStoreFullError(other)).toBe(false);
  }
});
