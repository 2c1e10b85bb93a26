import { hasBrand } from '../model/has-brand.ts';
import type { LeaseEndCause } from '../model/lease-end-cause.ts';

/** Why a lease has ended, and what to tell the peer. It contains only fixed texts and configured numbers. */
export interface LeaseEnd {
  /** For the operator. The peer is only told `text` and `closeCode`. */
  readonly cause: LeaseEndCause;
  /** The reason in words, short enough for a close frame (at most 123 bytes, RFC 6455 §5.5). */
  readonly text: string;
  /** The status code to close a WebSocket with (RFC 6455 §7.4). */
  readonly closeCode: number;
}

/** WebSocket close codes by cause, to replace the default ones. */
export type LeaseCloseCodes = Readonly<Partial<Record<LeaseEndCause, number>>>;

/** The close code and the text for each cause. */
export type LeaseEnds = Readonly<Record<LeaseEndCause, LeaseEnd>>;

const NOT_ACCEPTED = 'token no longer accepted';

// 1008: policy violation. 1013: try again later (IANA). 1001: going away. 1000: normal.
const DEFAULT_ENDS: LeaseEnds = {
  expired: { cause: 'expired', text: 'token expired', closeCode: 1008 },
  revoked: { cause: 'revoked', text: 'token revoked', closeCode: 1008 },
  key_withdrawn: { cause: 'key_withdrawn', text: NOT_ACCEPTED, closeCode: 1008 },
  issuer_removed: { cause: 'issuer_removed', text: NOT_ACCEPTED, closeCode: 1008 },
  refused: { cause: 'refused', text: NOT_ACCEPTED, closeCode: 1008 },
  unavailable: { cause: 'unavailable', text: 'try again later', closeCode: 1013 },
  renewed_too_often: { cause: 'renewed_too_often', text: 'too many renewals', closeCode: 1008 },
  server_closed: { cause: 'server_closed', text: 'going away', closeCode: 1001 },
  released: { cause: 'released', text: 'closed', closeCode: 1000 },
};

/** Every cause, in the order of the documentation. */
export const LEASE_END_CAUSES: readonly string[] = Object.freeze(Object.keys(DEFAULT_ENDS));

/**
 * Makes the frozen table of close codes and texts for each cause, with the application's close
 * codes.
 */
export function leaseEnds(closeCodes: LeaseCloseCodes): LeaseEnds {
  const end = (cause: LeaseEndCause): LeaseEnd =>
    Object.freeze({
      ...DEFAULT_ENDS[cause],
      closeCode: closeCodes[cause] ?? DEFAULT_ENDS[cause].closeCode,
    });
  return Object.freeze({
    expired: end('expired'),
    revoked: end('revoked'),
    key_withdrawn: end('key_withdrawn'),
    issuer_removed: end('issuer_removed'),
    refused: end('refused'),
    unavailable: end('unavailable'),
    renewed_too_often: end('renewed_too_often'),
    server_closed: end('server_closed'),
    released: end('released'),
  });
}

// A brand instead of `instanceof`, so that two copies of this package recognize each other's errors.
const BRAND: unique symbol = Symbol.for('@authly/core:LeaseEndedError');

/** The `reason` of `lease.signal` after the lease has ended. */
export class LeaseEndedError extends Error {
  /** Why the lease has ended. */
  readonly end: LeaseEnd;

  constructor(end: LeaseEnd) {
    super(`The lease has ended: ${end.text}`);
    this.name = 'LeaseEndedError';
    this.end = end;
    Object.defineProperty(this, BRAND, { value: true });
  }
}

/** Whether `error` is a {@link LeaseEndedError}, also one that another copy of this package made. */
export function isLeaseEndedError(error: unknown): error is LeaseEndedError {
  return hasBrand(error, BRAND);
}
