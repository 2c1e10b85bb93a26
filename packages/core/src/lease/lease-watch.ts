import { ignoreRejection } from '../lib/callback-result.ts';
import type { Clock } from '../lib/clock.ts';
import type { LeaseEndCause } from '../model/lease-end-cause.ts';
import type { HeldToken } from '../request/held-token.ts';
import { Deadlines } from './deadlines.ts';
import { endCauseOf } from './end-cause.ts';
import type { LeaseState } from './lease-state.ts';

/** What a {@link LeaseWatch} needs. */
export interface LeaseWatchContext {
  readonly clock: Clock;
  /** Uniform in [0, 1), for jitter. */
  readonly random: () => number;
  readonly recheckMs: number;
  readonly outageGraceMs: number;
  /** Asks about a token again; rejects with an `AuthError`. */
  readonly recheck: (held: HeldToken) => Promise<HeldToken>;
  /** The token still counts; what is known of it may be new. */
  readonly onConfirmed: (state: LeaseState, held: HeldToken) => void;
  /** Has to take the lease out of the watch. */
  readonly onEnd: (state: LeaseState, cause: LeaseEndCause) => void;
}

/** Watches over leases: when one expires, when its renewal is due, when to ask about its token again. */
export interface LeaseWatch {
  /** All that are watched, in no order. */
  readonly states: readonly LeaseState[];
  /** Begins to watch. `isUrgent`: the token is asked about at once. */
  watch(state: LeaseState, isUrgent: boolean): void;
  /** Looks at a lease earlier, if it is due earlier than before. */
  reschedule(state: LeaseState): void;
  forget(state: LeaseState): void;
}

/**
 * The timer never waits longer, and goes by the clock when it wakes: Node's timers stand still while the
 * machine sleeps, and fire at once where they are set for more than 2³¹−1 ms.
 */
const LONGEST_WAIT_MS = 1_000;
/** Tokens that are asked about at a time. The rest waits up to {@link LONGEST_WAIT_MS}. */
const MAX_CHECKING = 500;
/** A look may come earlier by up to this share of its time, at random, so that leases that began together are not looked at together. */
const JITTER = 0.2;

/** Makes a watch. It has one timer for all leases, none while there are none, and keeps no process alive. */
export function createLeaseWatch(context: LeaseWatchContext): LeaseWatch {
  const { clock, random, recheckMs, outageGraceMs, recheck, onConfirmed, onEnd } = context;
  const deadlines = new Deadlines<LeaseState>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  /** When the timer fires, by the clock. */
  let wakesAt = Number.POSITIVE_INFINITY;
  let checking = 0;

  function arm(): void {
    const { earliest } = deadlines;
    const now = clock.now();
    const at = Math.min(earliest ?? Number.POSITIVE_INFINITY, now + LONGEST_WAIT_MS);
    if (timer !== undefined && earliest !== undefined && wakesAt <= at) return;
    clearTimeout(timer);
    timer = undefined;
    if (earliest === undefined) return;
    wakesAt = at;
    timer = setTimeout(tick, Math.max(0, at - now));
    timer.unref();
  }

  function tick(): void {
    timer = undefined;
    const now = clock.now();
    // Each look ends the lease or puts it off to a later time than now.
    while (deadlines.first !== undefined && (deadlines.earliest ?? now + 1) <= now) {
      look(deadlines.first, now);
    }
    arm();
  }

  function look(state: LeaseState, now: number): void {
    const due = state.extras?.renewalDue;
    if (now >= state.expiresAtMs) {
      onEnd(state, 'expired');
    } else if (due !== undefined && !due.isTold && now >= state.nextDueMs) {
      due.isTold = true;
      // Put off first: the listener may end the lease.
      putOff(state, nextLook(now), now);
      call(due.listener);
    } else if (state.isChecking || checking < MAX_CHECKING) {
      // While its token is asked about, it is looked at for its end alone.
      putOff(state, Number.POSITIVE_INFINITY, now);
      if (!state.isChecking) check(state, now).catch(ignore);
    } else {
      putOff(state, now + random() * LONGEST_WAIT_MS, now);
    }
  }

  function putOff(state: LeaseState, until: number, now: number): void {
    deadlines.set(state, Math.max(Math.min(until, state.nextDueMs), now + 1));
  }

  function nextLook(now: number): number {
    return now + recheckMs * (1 - JITTER * random());
  }

  async function check(state: LeaseState, startedAt: number): Promise<void> {
    state.isChecking = true;
    checking += 1;
    const asked = state.held;
    // Since then, the lease may have ended, or gone on with another token: then the answer says nothing.
    const isAnswered = () => state.ended === undefined && state.held === asked;
    let next = startedAt;
    try {
      const confirmed = await recheck(asked);
      if (isAnswered()) {
        state.failingSince = undefined;
        next = nextLook(clock.now());
        onConfirmed(state, confirmed);
      }
    } catch (error) {
      if (isAnswered()) next = failed(state, error, startedAt);
    } finally {
      state.isChecking = false;
      checking -= 1;
    }
    if (state.ended !== undefined) return;
    putOff(state, next, startedAt);
    arm();
  }

  /** Ends the lease, or says when to ask again. */
  function failed(state: LeaseState, error: unknown, startedAt: number): number {
    const cause = endCauseOf(error);
    if (cause !== 'unavailable') {
      onEnd(state, cause);
      return startedAt;
    }
    state.failingSince ??= startedAt;
    const graceEndsAt = state.failingSince + outageGraceMs;
    const now = clock.now();
    if (now >= graceEndsAt) onEnd(state, cause);
    return Math.min(nextLook(now), graceEndsAt);
  }

  return {
    get states() {
      return deadlines.items;
    },
    watch(state, isUrgent) {
      const now = clock.now();
      // What is opened together, as after a restart, is spread over the whole time.
      const first = isUrgent ? now : now + recheckMs * random();
      deadlines.set(state, Math.min(first, state.nextDueMs));
      arm();
    },
    reschedule(state) {
      const time = deadlines.timeOf(state);
      if (time === undefined) return;
      deadlines.set(state, Math.min(time, state.nextDueMs));
      arm();
    },
    forget(state) {
      deadlines.remove(state);
      if (deadlines.first === undefined) arm();
    },
  };
}

function call(listener: () => void): void {
  try {
    // A listener may be async; its rejection must not become an unhandled one.
    ignoreRejection(listener());
  } catch {
    // A listener's fault must not keep the other leases from being looked at.
  }
}

function ignore(): void {}
