import { vi } from 'vitest';
import { aClock, type FakeClock, NOW } from '../../../../test/support/tokens.ts';
import { createLeases, type Leases, type LeasesContext } from '../../src/lease/create-leases.ts';
import type { Lease, LeaseOptions } from '../../src/lease/lease.ts';
import { type LeasesOptions, resolveLeases } from '../../src/lease/lease-options.ts';
import { createEventSink } from '../../src/lib/event-sink.ts';
import { AuthError } from '../../src/model/errors.ts';
import type { AuthEvent } from '../../src/model/events.ts';
import type { Principal } from '../../src/model/principal.ts';
import type { HeldToken } from '../../src/request/held-token.ts';
import type { ResolvedRevocation } from '../../src/revocation/revocation-options.ts';
import type { RevocationMark } from '../../src/stores/revocation-store.ts';
import { aHeld, type HeldFacts } from './held.ts';

/** Options of {@link someLeases}. */
export interface SomeLeasesOptions extends Partial<LeasesContext> {
  readonly options?: LeasesOptions;
  /** Whether the store reports its marks, or how it does. */
  readonly subscribe?: 'works' | 'throws' | 'gives nothing' | undefined;
}

/** Leases over tokens that the test makes, with access to everything that they ask and emit. */
export interface SomeLeases {
  readonly leases: Leases;
  readonly clock: FakeClock;
  readonly events: readonly AuthEvent[];
  /** The tokens that were checked again, in order. */
  readonly asked: string[];
  /** The result of a re-check: the same held token by default. A test can replace it. */
  answer: (held: HeldToken) => HeldToken | Promise<HeldToken>;
  /** Makes a held token known, as if it had been verified. */
  hold(facts?: HeldFacts): HeldToken;
  begin(facts?: HeldFacts, options?: LeaseOptions): Lease;
  /** Reports a mark, as the store does. */
  mark: (mark: RevocationMark) => void;
  readonly subscriptions: { made: number; ended: number };
  readonly outages: { begun: number };
  /** Lets time pass, for the clock and for timers. */
  pass(seconds: number): Promise<void>;
}

/** The test must call `vi.useFakeTimers`. */
export function someLeases({ options, subscribe, ...context }: SomeLeasesOptions = {}): SomeLeases {
  const clock = aClock();
  const events: AuthEvent[] = [];
  const known = new Map<object, HeldToken>();
  const asked: string[] = [];
  const subscriptions = { made: 0, ended: 0 };
  const outages = { begun: 0 };
  const listeners = new Set<(mark: RevocationMark) => void>();
  const revocation = {
    store: {
      subscribe(listener: (mark: RevocationMark) => void) {
        subscriptions.made += 1;
        if (subscribe === 'throws') throw new Error('no subscriptions today');
        listeners.add(listener);
        if (subscribe === 'gives nothing') return undefined;
        return () => {
          subscriptions.ended += 1;
          listeners.delete(listener);
        };
      },
    },
    outage: {
      begin() {
        outages.begun += 1;
      },
    },
  } as unknown as ResolvedRevocation;

  const some: SomeLeases = {
    leases: createLeases({
      leases: resolveLeases(options),
      clock,
      events: createEventSink((event) => events.push(event)),
      revocation: subscribe === undefined ? undefined : revocation,
      heldBy: (principal) => known.get(principal),
      recheck: async (held) => {
        asked.push(held.token);
        return await some.answer(held);
      },
      authenticate: ({ token }) => {
        const found = [...known.values()].find((held) => held.token === token);
        if (found === undefined) throw new AuthError('token_malformed');
        return found.verified.principal;
      },
      hold() {},
      refuse(error) {
        throw error;
      },
      random: () => 1,
      ...context,
    }),
    clock,
    events,
    asked,
    answer: (held) => held,
    hold(facts) {
      const held = aHeld(facts);
      known.set(held.verified.principal, held);
      return held;
    },
    begin(facts, leaseOptions = {}) {
      const { principal } = some.hold(facts).verified;
      return some.leases.begin(principal as Principal, leaseOptions);
    },
    mark(mark) {
      for (const listener of listeners) listener(mark);
    },
    subscriptions,
    outages,
    async pass(seconds) {
      for (let rest = seconds * 1_000; rest > 0; rest -= 1_000) {
        const step = Math.min(1_000, rest);
        clock.advance(step);
        await vi.advanceTimersByTimeAsync(step);
      }
    },
  };
  return some;
}

/** Seconds since {@link NOW}. */
export const after = (seconds: number): number => NOW + seconds;
