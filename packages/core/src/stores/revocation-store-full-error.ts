import { hasBrand } from '../model/has-brand.ts';

// A brand instead of `instanceof`, so that two copies of this package recognize each other's errors.
const BRAND: unique symbol = Symbol.for('@authly/core:RevocationStoreFullError');

/** The error of a store of revocations that is full: no mark has expired yet, so it cannot accept a new one. */
export class RevocationStoreFullError extends Error {
  /** With `holder`, only the share of one holder is full. The store still accepts marks of others. */
  readonly full: 'store' | 'holder';

  constructor(full: 'store' | 'holder') {
    super(`The store of revocations is full${full === 'holder' ? ' for this holder' : ''}`);
    this.name = 'RevocationStoreFullError';
    this.full = full;
    Object.defineProperty(this, BRAND, { value: true });
  }
}

/** Whether `error` is a {@link RevocationStoreFullError}, also one that another copy of this package made. */
export function isRevocationStoreFullError(error: unknown): error is RevocationStoreFullError {
  return hasBrand(error, BRAND);
}
