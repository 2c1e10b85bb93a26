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
  /** Random numbers in [0, 1), to vary the times of checks. */
  readonly random: () => number;
  readonly recheckMs: number;
  readonly outageGraceMs: number;
  /** Checks a token again. Rejects with an `AuthError` if it is no longer accepted, or cannot be checked. */
  readonly recheck: (held: HeldToken) => Promise<HeldToken>;
  /** Is called when the token is still accepted. `held` may be newer than the token of the lease. */
  readonly onConfirmed: (state: LeaseState, held: HeldToken) => void;
  /** Is called when the lease must end. It must call {@link LeaseWatch.forget}. */
  readonly onEnd: (state: LeaseState, cause: LeaseEndCause) => void;
}

/** Watches leases: when each expires, when its renewal is due, and when to check its token again. */
export interface LeaseWatch {
  /** All watched leases, in no particular order. */
  readonly states: readonly LeaseState[];
  /** Begins to watch a lease, or watches it with its new token. With `isUrgent` the token is checked at once. */
  watch(state: LeaseState, isUrgent: boolean): void;
  /** Must be called after the time of the renewal has changed. */
  reschedule(state: LeaseState): void;
  /** Stops watching a lease. */
  forget(state: LeaseState): void;
}

/**
 * The timer wakes at least this often, and then compares with the clock. A single long timer would be wrong: Node's
 * timers stop while the machine sleeps, and fire at once if they are set for more than 2³¹−1 ms.
 */
const LONGEST_WAIT_MS = 1_000;
/** How many tokens are checked at the same time. The others wait for up to {@link LONGEST_WAIT_MS}. */
const MAX_CHECKING = 500;
/** Each check comes earlier by up to this share, at random, so that leases that began together are spread out. */
const JITTER = 0.2;

/** Makes a watch. It has one timer for all leases and none without leases. The timer does not keep the process alive. */
export function createLeaseWatch(context: LeaseWatchContext): LeaseWatch {
  const { clock, random, recheckMs, outageGraceMs, recheck, onConfirmed, onEnd } = context;
  const deadlines = new Deadlines<LeaseState>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  /** When the timer fires, in milliseconds of the clock. */
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
    // The loop ends, because `look` ends the lease or gives it a time later than `now`.
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
      // The next check is scheduled first, because the listener may end the lease.
      putOff(state, nextLook(now), now);
      call(due.listener);
    } else if (state.isChecking || checking < MAX_CHECKING) {
      // While a check runs, the lease is only watched for its expiry and its renewal.
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
    // During the check, the lease may have ended or been renewed. The answer then is about an old token.
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

  /** Ends the lease, or gives the time of the next check in milliseconds. */
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
      // The first check is at a random time, so that connections that were opened together (after a restart) are
      // spread out.
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
    // A listener may be async. An unhandled rejection of its promise would end the process.
    ignoreRejection(listener());
  } catch {
    // An error of one listener must not stop the checks of the other leases.
  }
}

function ignore(): void {}
