import type { RequestView } from '../http/request-view.ts';
import type { HeldToken } from '../request/held-token.ts';
import type { Requirement } from '../requirement/requirement.ts';
import type { Scheduled } from './deadlines.ts';
import type { LeaseEnd } from './lease-end.ts';
import type { Indexed } from './lease-index.ts';

/** Is called when a lease ends. */
export type LeaseEndListener = (end: LeaseEnd) => void;

/** The members of a lease that most leases do not need. Created when one of them is first used. */
export interface LeaseExtras {
  requirements?: readonly Requirement[];
  request?: RequestView;
  /** The listeners after the first one, which is stored in {@link LeaseState.listener}. */
  listeners?: LeaseEndListener[];
  controller?: AbortController;
  /** The listener for due renewals: how many seconds before `exp` to call it, and whether it was called. */
  renewalDue?: { readonly bySec: number; readonly listener: () => void; isTold: boolean };
  /** Number of renewals in the minute that began at `since` (milliseconds since the epoch). */
  renewals?: { since: number; count: number };
}

/**
 * What is stored for each lease. There may be 100,000 leases, and each member takes 8 bytes per lease. The time of the
 * next check is stored in the heap of deadlines instead, because a member with a fractional number takes 24 bytes.
 */
export class LeaseState implements Scheduled, Indexed {
  position = -1;
  held: HeldToken;
  ended: LeaseEnd | undefined = undefined;
  listener: LeaseEndListener | undefined = undefined;
  extras: LeaseExtras | undefined = undefined;
  /** The time of the first of the checks that failed in a row because of an outage. Milliseconds since the epoch. */
  failingSince: number | undefined = undefined;
  /** Whether a check of its token is running. */
  isChecking = false;

  constructor(held: HeldToken) {
    this.held = held;
  }

  /** When the token expires, in milliseconds since the epoch. */
  get expiresAtMs(): number {
    return this.held.verified.principal.expiresAt * 1_000;
  }

  /** The next time that must not be missed: when the renewal is due, or when the token expires. Milliseconds. */
  get nextDueMs(): number {
    const due = this.extras?.renewalDue;
    return due === undefined || due.isTold
      ? this.expiresAtMs
      : this.expiresAtMs - due.bySec * 1_000;
  }

  /** The extras, created if there are none yet. */
  get writable(): LeaseExtras {
    this.extras ??= {};
    return this.extras;
  }
}
