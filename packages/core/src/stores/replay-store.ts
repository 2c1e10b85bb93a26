import { hasBrand } from '../model/has-brand.ts';

// A brand instead of instanceof: two copies of this package in one process know each other's errors.
const BRAND: unique symbol = Symbol.for('@authly/core:ReplayStoreFullError');

/** What a reservation is made with. */
export interface ReserveOptions {
  /** For how long nobody else may take the id, in milliseconds from now: more than 0. */
  readonly ttlMs: number;
  /** Ends the wait: no answer before counts as an outage. */
  readonly signal: AbortSignal;
  /**
   * Whose id it is, as a digest (a key's thumbprint). A store of bounded size keeps any one holder from
   * filling it; others need not look at it. It is not part of the id.
   */
  readonly holder?: string | undefined;
}

/**
 * Remembers what may be used once: proofs of possession (RFC 9449 §11.1). All processes that share a
 * store share what was used.
 *
 * `reserve` gives `true` if nobody had the id, and `false` if somebody has: in **one** atomic step for
 * everybody who shares the store, never by a read and a later write. Nothing that is reserved is dropped
 * before its time, and a refused reservation changes nothing. Whatever it throws or rejects with is an
 * outage. Ids are digests of 43 characters: they hold nothing of a token in the clear.
 *
 * `replayStoreContract` of `@authly/testing/contracts` is the test that every implementation passes.
 */
export interface ReplayStore {
  reserve(id: string, options: ReserveOptions): boolean | Promise<boolean>;
}

/** A store is full. None of its entries may be removed yet, so it accepts no more for now. */
export class ReplayStoreFullError extends Error {
  /** `holder`: one holder has its share; the store still accepts ids of others. */
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
