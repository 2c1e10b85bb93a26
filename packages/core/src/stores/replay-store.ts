import { hasBrand } from '../model/has-brand.ts';

// A brand instead of `instanceof`, so that two copies of this package recognize each other's errors.
const BRAND: unique symbol = Symbol.for('@authly/core:ReplayStoreFullError');

/** The options of a reservation. */
export interface ReserveOptions {
  /** For how long the id must not be reserved again, in milliseconds from now. More than 0. */
  readonly ttlMs: number;
  /** Is aborted when nobody waits for the answer any longer. The request then counts the store as down. */
  readonly signal: AbortSignal;
  /**
   * A digest that stands for the owner of the id (the thumbprint of a key). A store with a limited size should give one
   * holder only a share of it, and answer more with a {@link ReplayStoreFullError}; other stores may ignore it. It is
   * not part of the id.
   */
  readonly holder?: string | undefined;
}

/**
 * Remembers what may be used only once, such as proofs of possession (RFC 9449 §11.1). Processes that share a store
 * accept each proof once between them.
 *
 * An id is a digest of 43 characters, from which nothing can be read.
 *
 * `replayStoreContract` of `@authly/testing/contracts` is a test for every implementation.
 */
export interface ReplayStore {
  /**
   * Reserves an id. `true` if it was not reserved, `false` if it was. This must be **one** atomic step for all processes
   * that share the store, not a read and then a write. An id must stay reserved for the whole `ttlMs`. If the answer is
   * `false`, nothing changes. When it throws or rejects, that counts as an outage.
   */
  reserve(id: string, options: ReserveOptions): boolean | Promise<boolean>;
}

/** The error of a store that is full: no entry has expired yet, so it cannot accept a new one. */
export class ReplayStoreFullError extends Error {
  /** With `holder`, only the share of one holder is full, and the store still accepts ids of others. */
  readonly full: 'store' | 'holder';

  constructor(full: 'store' | 'holder') {
    super(`The replay store is full${full === 'holder' ? ' for this holder' : ''}`);
    this.name = 'ReplayStoreFullError';
    this.full = full;
    Object.defineProperty(this, BRAND, { value: true });
  }
}

/** Whether `error` is a `ReplayStoreFullError`, also one of another copy of this package. */
export function isReplayStoreFullError(error: unknown): error is ReplayStoreFullError {
  return hasBrand(error, BRAND);
}
