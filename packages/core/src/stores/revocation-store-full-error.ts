import { hasBrand } from '../model/has-brand.ts';

// A brand instead of instanceof: two copies of this package in one process know each other's errors.
const BRAND: unique symbol = Symbol.for('@authly/core:RevocationStoreFullError');

/** A store of revocations takes no more marks for now: none of those that it has may be removed yet. */
export class RevocationStoreFullError extends Error {
  /** `holder`: one holder has its share; the store still takes marks of the application and of other holders. */
  readonly full: 'store' | 'holder';

  constructor(full: 'store' | 'holder') {
    super(`The store of revocations is full${full === 'holder' ? ' for this holder' : ''}`);
    this.name = 'RevocationStoreFullError';
    this.full = full;
    Object.defineProperty(this, BRAND, { value: true });
  }
}

/** Whether `error` is a {@link RevocationStoreFullError}, also one of another copy of this package. */
export function isRevocationStoreFullError(error: unknown): error is RevocationStoreFullError {
  return hasBrand(error, BRAND);
}
