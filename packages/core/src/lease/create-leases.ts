import type { Clock } from '../lib/clock.ts';
import type { EventSink } from '../lib/event-sink.ts';
import type { MaybePromise } from '../lib/maybe-promise.ts';
import { systemRandom } from '../lib/random.ts';
import { AuthError, ConfigurationError } from '../model/errors.ts';
import type { LeaseEndCause } from '../model/lease-end-cause.ts';
import type { Principal } from '../model/principal.ts';
import type { HeldToken } from '../request/held-token.ts';
import type { Presentation } from '../request/presentation.ts';
import type { Requirement } from '../requirement/requirement.ts';
import type { ResolvedRevocation } from '../revocation/revocation-options.ts';
import type { RevocationMark } from '../stores/revocation-store.ts';
import type { Lease, LeaseOptions } from './lease.ts';
import { LeaseIndex } from './lease-index.ts';
import type { ResolvedLeases } from './lease-options.ts';
import { LeaseState } from './lease-state.ts';
import { createLeaseWatch, type LeaseWatchContext } from './lease-watch.ts';
import { countRenewal, isRenewalOf, renewalPresentation } from './renewal.ts';
import { tellEnd } from './tell-end.ts';
import { type LeaseOwner, TokenLease } from './token-lease.ts';

/** What leases need from their resource server. */
export interface LeasesContext extends Pick<LeaseWatchContext, 'recheck'> {
  readonly leases: ResolvedLeases;
  readonly clock: Clock;
  readonly events: EventSink;
  readonly revocation: ResolvedRevocation | undefined;
  /** The token that a principal was made from; `undefined` for a principal that this resource server did not make. */
  readonly heldBy: (principal: Principal) => HeldToken | undefined;
  /** Verifies the token of a renewal. Throws (or rejects with) a `RefusedError`. */
  readonly authenticate: (presented: Presentation) => MaybePromise<Principal>;
  /** Throws a `RefusedError` if the principal does not meet the requirement. */
  readonly hold: (principal: Principal, requirement: Requirement) => void;
  /** Emits the event about an error, and throws it as a `RefusedError`. */
  readonly refuse: (error: AuthError) => never;
  /** Random numbers in [0, 1), to vary the times of checks. Default {@link systemRandom}. */
  readonly random?: () => number;
}

/** The leases of a resource server. */
export interface Leases {
  /** Begins a lease. Throws `ConfigurationError` for a principal that the resource server did not make. */
  begin(principal: Principal, options: LeaseOptions): Lease;
  /** Ends every lease. */
  close(): void;
}

/** Makes the leases of a resource server. Before the first lease begins, it starts no timer and no subscription. */
export function createLeases(context: LeasesContext): Leases {
  const { clock, events, heldBy, leases, random = systemRandom, recheck, revocation } = context;
  const index = new LeaseIndex<LeaseState>();
  const watch = createLeaseWatch({
    clock,
    random,
    recheckMs: leases.recheckMs,
    outageGraceMs: leases.outageGraceMs,
    recheck,
    onConfirmed: goOnWith,
    onEnd: end,
  });
  let unsubscribe: (() => unknown) | undefined;
  let isClosed = false;

  /** Whether the index is used. It finds the leases that a mark stops, so it needs a store that reports its marks. */
  const isIndexed = revocation?.store.subscribe !== undefined;

  function subscribe(): void {
    if (unsubscribe !== undefined || revocation === undefined) return;
    try {
      const stopTelling: unknown = revocation.store.subscribe?.(onMark);
      unsubscribe = () => typeof stopTelling === 'function' && stopTelling();
    } catch {
      // If subscribing fails, the store counts as down. The next lease tries again. Until then, every token is still
      // checked each `recheckSec`.
      revocation.outage.begin();
    }
  }

  function onMark(mark: RevocationMark): void {
    try {
      for (const state of index.stoppedBy(mark, watch.states)) end(state, 'revoked');
    } catch {
      // The application's own store may report something that is not a mark. That must not fail the call that
      // revokes. Every token is checked each `recheckSec` in any case.
    }
  }

  function begin(principal: Principal, options: LeaseOptions): Lease {
    const held = heldBy(principal);
    if (held === undefined) {
      throw new ConfigurationError(
        'lease() needs a principal that the same resource server has made. Write: resourceServer.lease(await resourceServer.authenticate(view)), with one resource server for both',
      );
    }
    const state = new LeaseState(held);
    const { requirements, request } = options;
    if (requirements !== undefined) state.writable.requirements = [...requirements];
    if (request !== undefined) state.writable.request = request;
    const lease = new TokenLease(owner, state);
    if (isClosed) end(state, 'server_closed');
    else if (clock.now() >= state.expiresAtMs) end(state, 'expired');
    else start(state);
    return lease;
  }

  function start(state: LeaseState): void {
    if (isIndexed) {
      subscribe();
      index.add(state);
    }
    // A mark may have been made after the token was checked and before the lease was in the index. So the token is
    // checked again at once.
    watch.watch(state, isIndexed);
  }

  function stop(state: LeaseState): void {
    watch.forget(state);
    if (isIndexed && !isClosed) index.remove(state);
  }

  function end(state: LeaseState, cause: LeaseEndCause): void {
    if (state.ended !== undefined) return;
    stop(state);
    state.ended = leases.ends[cause];
    if (cause !== 'released' && events.active) {
      const { issuer, principal } = state.held.verified;
      events.emit({ type: 'lease.ended', cause, kind: principal.kind, issuerName: issuer.name });
    }
    tellEnd(state, state.ended);
  }

  /** Continues a lease with the token as a re-check has read it again. */
  function goOnWith(state: LeaseState, held: HeldToken): void {
    if (held === state.held) return;
    if (isRenewalOf(state.held, held)) replace(state, held);
    // The issuer's configuration has changed, or its server now says that the token belongs to another caller.
    else end(state, 'refused');
  }

  function replace(state: LeaseState, held: HeldToken): void {
    if (isIndexed) index.remove(state);
    state.held = held;
    if (isIndexed) index.add(state);
  }

  const owner: LeaseOwner = {
    async renew(state, token, proof) {
      if (state.ended !== undefined) return context.refuse(new AuthError('lease_ended'));
      if (!countRenewal(state.writable, clock.now())) {
        end(state, 'renewed_too_often');
        return context.refuse(new AuthError('lease_ended'));
      }
      const { requirements = [], request } = state.writable;
      const presented = renewalPresentation(token, proof, request);
      const principal = await context.authenticate(presented);
      const held = heldBy(principal);
      if (held === undefined || !isRenewalOf(state.held, held)) {
        return context.refuse(new AuthError('renewal_mismatch'));
      }
      for (const requirement of requirements) context.hold(principal, requirement);
      // The lease may have ended while the token was verified. It must not begin again.
      if (state.ended !== undefined) return context.refuse(new AuthError('lease_ended'));
      replace(state, held);
      state.failingSince = undefined;
      const { renewalDue } = state.writable;
      if (renewalDue !== undefined) renewalDue.isTold = false;
      watch.watch(state, isIndexed);
      return principal;
    },
    release: (state) => end(state, 'released'),
    reschedule: (state) => watch.reschedule(state),
  };

  return {
    begin,
    close() {
      isClosed = true;
      unsubscribe?.();
      unsubscribe = undefined;
      // The whole index is cleared first: that is faster than to remove each lease from it.
      index.clear();
      for (const state of [...watch.states]) end(state, 'server_closed');
    },
  };
}
