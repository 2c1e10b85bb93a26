import type { ResolvedKeyOptions } from './key-options.ts';

/**
 * The state of the refresh policy. The policy decides when keys are fetched, which requests wait for it, and what
 * happens to the others. It is a state machine without effects, clock or timers.
 *
 * Times are milliseconds since the Unix epoch. A time span with a start is also over when the clock shows a time before
 * that start. Otherwise, a span could last much too long after the clock was set back.
 */
export interface RefreshState {
  /** When the current keys were fetched; `undefined` while there are none. */
  readonly fetchedAt: number | undefined;
  /** From this time on, a request starts a refresh in the background. */
  readonly aheadAt: number;
  /** Until this time no request waits for a refresh. */
  readonly freshUntil: number;
  /** Until this time the current keys may be used, even if no refresh succeeds. */
  readonly staleUntil: number;
  /** Whether an attempt to fetch the keys is running. */
  readonly inFlight: boolean;
  /** Failed attempts in a row. */
  readonly failures: number;
  readonly failedAt: number;
  /** Between `failedAt` and this time, only unknown kids start an attempt. */
  readonly pausedUntil: number;
  /** When an unknown kid last started an attempt. */
  readonly unknownKidAt: number;
  /**
   * The time when all attempts for unknown kids are available again. Each attempt moves it one cool-down later. While
   * it is more than `UNKNOWN_KID_BURST - 1` cool-downs in the future, no attempt is available.
   */
  readonly unknownKidFullAt: number;
  readonly closed: boolean;
}

/** Whether the key that a request needs is among the current keys. */
export type Need = 'known' | 'unknown';

/**
 * What happens to a request.
 * - `serve`: it uses one of the current keys. `serve_and_refresh` also starts a refresh in the background.
 * - `wait`: it waits for the running attempt, and then looks again. `refresh_and_wait` starts the attempt first.
 * - `unknown`: it is refused with 401, because the provider answered and has no such key.
 * - `unavailable`: it is refused with 503.
 */
export type Decision =
  | 'serve'
  | 'serve_and_refresh'
  | 'wait'
  | 'refresh_and_wait'
  | 'unknown'
  | 'unavailable';

/** Something that changes the state. `random` is a random number in [0, 1). */
export type RefreshEvent =
  | { readonly type: 'started'; readonly need: Need; readonly now: number }
  | {
      readonly type: 'loaded';
      readonly freshForMs: number;
      readonly now: number;
      readonly random: number;
    }
  | { readonly type: 'failed'; readonly now: number; readonly random: number }
  | { readonly type: 'restored'; readonly fetchedAt: number }
  | { readonly type: 'closed' };

/** The state before the first attempt. */
export const NO_KEYS: RefreshState = Object.freeze({
  fetchedAt: undefined,
  aheadAt: 0,
  freshUntil: 0,
  staleUntil: 0,
  inFlight: false,
  failures: 0,
  failedAt: 0,
  pausedUntil: 0,
  unknownKidAt: Number.NEGATIVE_INFINITY,
  unknownKidFullAt: Number.NEGATIVE_INFINITY,
  closed: false,
});

/** The refresh in the background starts earlier by up to this share, so that processes do not all fetch at once. */
const AHEAD_JITTER = 0.1;
/** A pause after a failure is shorter by up to this share, so that processes do not all fetch at once. */
const PAUSE_JITTER = 0.5;
/**
 * How many attempts unknown kids may start at once. Each becomes available again after a cool-down. If there were only
 * one, a key rotation shortly after another one, or after a made-up kid, would be noticed one cool-down late.
 */
const UNKNOWN_KID_BURST = 3;
/** `backoffMaxMs` is reached long before this; the limit only prevents an overflow. */
const MAX_DOUBLINGS = 30;

/** Decides what happens to a request that arrives at `now`. Allocates no objects, because every request calls it. */
export function decide(
  state: RefreshState,
  need: Need,
  now: number,
  timing: ResolvedKeyOptions,
): Decision {
  if (!keysUsable(state, now)) return withoutKeys(state, now);
  const due = isDue(state, now);
  if (need === 'known') {
    if (now < state.freshUntil || state.closed || failureKnown(state, now, timing)) {
      return due ? 'serve_and_refresh' : 'serve';
    }
    return state.inFlight ? 'wait' : 'refresh_and_wait';
  }
  if (state.inFlight) return 'wait';
  if (due || (!state.closed && untilNextUnknownKidMs(state, now, timing) === 0)) {
    return 'refresh_and_wait';
  }
  return refusal(state);
}

/** Decides what happens to a request that has waited, after the attempt is over. It does not wait again. */
export function conclude(state: RefreshState, need: Need, now: number): Decision {
  if (!keysUsable(state, now)) return 'unavailable';
  return need === 'known' ? 'serve' : refusal(state);
}

/** Whether there are keys that may be used. */
export function keysUsable(state: RefreshState, now: number): boolean {
  return state.fetchedAt !== undefined && now < state.staleUntil;
}

/** After how many seconds a refused request may be sent again: a whole number of at least 1 (RFC 9110 §10.2.3). */
export function retryAfterSec(
  state: RefreshState,
  now: number,
  timing: ResolvedKeyOptions,
): number {
  // If there are usable keys, only a token with an unknown kid is refused. It may cause a fetch after the cool-down.
  const waitMs = keysUsable(state, now)
    ? untilNextUnknownKidMs(state, now, timing)
    : remainingMs(now, state.failedAt, state.pausedUntil);
  return Math.max(1, Math.ceil(waitMs / 1_000));
}

/** Gives the state after an event. */
export function advance(
  state: RefreshState,
  event: RefreshEvent,
  timing: ResolvedKeyOptions,
): RefreshState {
  switch (event.type) {
    case 'started': {
      const { need, now } = event;
      // Two kinds of attempts do not count for the limit of unknown kids: an attempt while there are no keys at all
      // (every kid is unknown then), and an attempt that was due anyway.
      const counts = need === 'unknown' && keysUsable(state, now) && !isDue(state, now);
      if (!counts) return { ...state, inFlight: true };
      const untilFull = remainingMs(now, state.unknownKidAt, state.unknownKidFullAt);
      const unknownKidFullAt = now + untilFull + timing.unknownKidCooldownMs;
      return { ...state, inFlight: true, unknownKidAt: now, unknownKidFullAt };
    }
    case 'loaded': {
      const untilAhead =
        event.freshForMs * timing.refreshAheadRatio * (1 - AHEAD_JITTER * event.random);
      return {
        ...state,
        fetchedAt: event.now,
        aheadAt: event.now + untilAhead,
        freshUntil: event.now + event.freshForMs,
        staleUntil: event.now + event.freshForMs + timing.staleForMs,
        inFlight: false,
        failures: 0,
      };
    }
    case 'failed': {
      const doublings = Math.min(state.failures, MAX_DOUBLINGS);
      const pause = Math.min(timing.backoffInitialMs * 2 ** doublings, timing.backoffMaxMs);
      return {
        ...state,
        inFlight: false,
        failures: state.failures + 1,
        failedAt: event.now,
        pausedUntil: event.now + pause * (1 - PAUSE_JITTER * event.random),
      };
    }
    case 'restored':
      // `aheadAt` is in the past, so the provider is asked again as soon as the pause is over, however new the snapshot
      // is.
      return {
        ...state,
        fetchedAt: event.fetchedAt,
        aheadAt: event.fetchedAt,
        freshUntil: event.fetchedAt + timing.freshForMs,
        staleUntil: event.fetchedAt + timing.freshForMs + timing.staleForMs,
      };
    case 'closed':
      return { ...state, closed: true };
  }
}

function withoutKeys(state: RefreshState, now: number): Decision {
  if (state.inFlight) return 'wait';
  return state.closed || isPaused(state, now) ? 'unavailable' : 'refresh_and_wait';
}

/** Whether an attempt should start now, apart from unknown kids: the keys are old enough, and there is no pause. */
function isDue(state: RefreshState, now: number): boolean {
  if (state.inFlight || state.closed || isPaused(state, now)) return false;
  return !isWithin(now, state.fetchedAt ?? now, state.aheadAt);
}

function isPaused(state: RefreshState, now: number): boolean {
  return state.failures > 0 && isWithin(now, state.failedAt, state.pausedUntil);
}

/**
 * Whether the provider failed recently. Waiting for it is then pointless. If no request came for the longest pause plus
 * the time limit of an attempt, its state is no longer known: the next request waits for an attempt.
 */
function failureKnown(state: RefreshState, now: number, timing: ResolvedKeyOptions): boolean {
  const until = state.pausedUntil + timing.backoffMaxMs + timing.fetchTimeoutMs;
  return state.failures > 0 && isWithin(now, state.failedAt, until);
}

/** Milliseconds until an unknown kid may start an attempt; 0 if it may now. */
function untilNextUnknownKidMs(
  state: RefreshState,
  now: number,
  timing: ResolvedKeyOptions,
): number {
  const untilFull = remainingMs(now, state.unknownKidAt, state.unknownKidFullAt);
  return Math.max(0, untilFull - (UNKNOWN_KID_BURST - 1) * timing.unknownKidCooldownMs);
}

/** How many milliseconds of a time span are left at `now`; 0 outside of the span. */
function remainingMs(now: number, from: number, until: number): number {
  return isWithin(now, from, until) ? until - now : 0;
}

function isWithin(now: number, from: number, until: number): boolean {
  return now >= from && now < until;
}

function refusal(state: RefreshState): Decision {
  return state.failures > 0 ? 'unavailable' : 'unknown';
}
