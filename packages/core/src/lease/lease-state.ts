import type { RequestView } from '../http/request-view.ts';
import type { HeldToken } from '../request/held-token.ts';
import type { Requirement } from '../requirement/requirement.ts';
import type { Scheduled } from './deadlines.ts';
import type { LeaseEnd } from './lease-end.ts';
import type { Indexed } from './lease-index.ts';

/** Told when a lease ends. */
export type LeaseEndListener = (end: LeaseEnd) => void;

/** What a lease has that most never need: made when it is first wanted. */
export interface LeaseExtras {
  requirements?: readonly Requirement[];
  request?: RequestView;
  /** After the first listener, which needs no list. */
  listeners?: LeaseEndListener[];
  controller?: AbortController;
  /** Where renewals are wanted: how many seconds before `exp`, and whom to tell. */
  renewalDue?: { readonly bySec: number; readonly listener: () => void; isTold: boolean };
  /** Renewals of the minute that began then, in milliseconds since the epoch. */
  renewals?: { since: number; count: number };
}

/**
 * What is kept of each lease. There may be 100,000 leases, and a member costs 8 bytes in each. Times are not members
 * but stand in the heap of deadlines, since a member with a fraction would cost 24.
 */
export class LeaseState implements Scheduled, Indexed {
  position = -1;
  held: HeldToken;
  ended: LeaseEnd | undefined = undefined;
  listener: LeaseEndListener | undefined = undefined;
  extras: LeaseExtras | undefined = undefined;
  /** Since when its token could not be asked about, in milliseconds since the epoch. */
  failingSince: number | undefined = undefined;
  /** Whether its token is being asked about. */
  isChecking = false;

  constructor(held: HeldToken) {
    this.held = held;
  }

  /** When the token expires, in milliseconds since the epoch. */
  get expiresAtMs(): number {
    return this.held.verified.principal.expiresAt * 1_000;
  }

  /** When the lease must be looked at whatever happens: for a renewal, or at its end. */
  get nextDueMs(): number {
    const due = this.extras?.renewalDue;
    return due === undefined || due.isTold
      ? this.expiresAtMs
      : this.expiresAtMs - due.bySec * 1_000;
  }

  /** The extras, to write to. */
  get writable(): LeaseExtras {
    this.extras ??= {};
    return this.extras;
  }
}
