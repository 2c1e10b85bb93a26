import { checkOptions, type OptionNames } from '../lib/check-options.ts';
import { ConfigurationError } from '../model/errors.ts';
import type { Principal } from '../model/principal.ts';
import type { Lease, RenewalDueOptions } from './lease.ts';
import { type LeaseEnd, LeaseEndedError } from './lease-end.ts';
import type { LeaseEndListener, LeaseState } from './lease-state.ts';
import { tellListener } from './tell-end.ts';

/** What a lease calls on the {@link Leases} that it belongs to. */
export interface LeaseOwner {
  renew(state: LeaseState, token: string, proof: string | undefined): Promise<Principal>;
  /** Ends the lease, because the application has ended it. */
  release(state: LeaseState): void;
  /** Must be called after the time of the renewal has changed. */
  reschedule(state: LeaseState): void;
}

const RENEWAL_DUE_OPTIONS: OptionNames<RenewalDueOptions> = { bySec: true };
const DEFAULT_RENEWAL_BY_SEC = 60;
const MAX_RENEWAL_BY_SEC = 86_400;

/** The lease object that an application gets. Its fields are private, so printing it shows no token. */
export class TokenLease implements Lease {
  readonly #owner: LeaseOwner;
  readonly #state: LeaseState;

  constructor(owner: LeaseOwner, state: LeaseState) {
    this.#owner = owner;
    this.#state = state;
  }

  get principal(): Principal {
    return this.#state.held.verified.principal;
  }

  get ended(): LeaseEnd | undefined {
    return this.#state.ended;
  }

  get expiresAt(): number {
    return this.principal.expiresAt;
  }

  get signal(): AbortSignal {
    const { ended, writable } = this.#state;
    if (writable.controller === undefined) {
      writable.controller = new AbortController();
      if (ended !== undefined) writable.controller.abort(new LeaseEndedError(ended));
    }
    return writable.controller.signal;
  }

  onEnd(listener: LeaseEndListener): void {
    const state = this.#state;
    if (state.ended !== undefined) tellListener(listener, state.ended);
    else if (state.listener === undefined) state.listener = listener;
    else state.writable.listeners = [...(state.writable.listeners ?? []), listener];
  }

  onRenewalDue(listener: () => void, options: RenewalDueOptions = {}): void {
    const { bySec = DEFAULT_RENEWAL_BY_SEC } = checkOptions(
      'onRenewalDue()',
      options,
      RENEWAL_DUE_OPTIONS,
    );
    if (!(typeof bySec === 'number' && bySec >= 1 && bySec <= MAX_RENEWAL_BY_SEC)) {
      throw new ConfigurationError(
        `onRenewalDue(): bySec must be a number of seconds from 1 to ${MAX_RENEWAL_BY_SEC}. Write: lease.onRenewalDue(listener, { bySec: 60 })`,
      );
    }
    this.#state.writable.renewalDue = { bySec, listener, isTold: false };
    this.#owner.reschedule(this.#state);
  }

  renew(token: string, proof?: string): Promise<Principal> {
    return this.#owner.renew(this.#state, token, proof);
  }

  end(): void {
    this.#owner.release(this.#state);
  }
}
