import type { ResolvedKeyOptions } from './key-options.ts';

/**
 * When keys are fetched, who waits for it and what is answered meanwhile: a state machine without
 * effects, clock or timers. Times are milliseconds since the Unix epoch. A span with a start
 * is also over when the clock is before that start, so that a clock that was set back freezes nothing.
 */
export interface RefreshState {
  /** When the keys at hand came from the provider; `undefined` while there are none. */
  readonly fetchedAt: number | undefined;
  /** From this time on, a request starts a refresh in the background. */
  readonly aheadAt: number;
  /** Until this time no request waits for a refresh. */
  readonly freshUntil: number;
  /** Until this time the keys at hand may be used while the provider does not answer. */
  readonly staleUntil: number;
  readonly inFlight: boolean;
  /** Failed attempts in a row. */
  readonly failures: number;
  readonly failedAt: number;
  /** No ordinary attempt starts between `failedAt` and this time. */
  readonly pausedUntil: number;
  /** When an unknown kid last started an attempt. */
  readonly unknownKidAt: number;
  /**
   * When all attempts that unknown kids may start are available again. Each start moves this time by one
   * cool-down. When it is `UNKNOWN_KID_BURST` cool-downs in the future, no attempt is available.
   */
  readonly unknownKidFullAt: number;
  readonly closed: boolean;
}

/** Whether the key that a request needs is at hand. */
export type Need = 'known' | 'unknown';

/**
 * What happens to a request. It uses a key at hand (`serve`; `serve_and_refresh` also starts a refresh in the background);
 * it waits for the attempt in flight and looks again (`wait`; `refresh_and_wait` starts the attempt first); or it is
 * refused, as `unknown` (401: the provider answered, and has no such key) or `unavailable` (503).
 */
export type Decision =
  | 'serve'
  | 'serve_and_refresh'
  | 'wait'
  | 'refresh_and_wait'
  | 'unknown'
  | 'unavailable';

/** What happened. `random` is uniform in [0, 1). */
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

/** Before the first attempt. */
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

/** The background refresh starts earlier by up to this share, at random, so that processes do not all fetch at once. */
const AHEAD_JITTER = 0.1;
/** A pause after a failure is shorter by up to this share, for the same reason. */
const PAUSE_JITTER = 0.5;
/**
 * How many attempts unknown kids may start at once; each becomes available again after a cool-down. With
 * only one, a rotation that follows another rotation or a made-up kid would be noticed only
 * a cool-down later.
 */
const UNKNOWN_KID_BURST = 3;
/** More doublings would overflow; `backoffMaxMs` is reached long before. */
const MAX_DOUBLINGS = 30;

/** What happens to a request that arrives at `now`. Allocates nothing, because every request calls it. */
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

/** What happens to a request that has waited, now that the attempt is over. It never waits again. */
export function conclude(state: RefreshState, need: Need, now: number): Decision {
  if (!keysUsable(state, now)) return 'unavailable';
  return need === 'known' ? 'serve' : refusal(state);
}

/** Whether the keys at hand may be used at all. */
export function keysUsable(state: RefreshState, now: number): boolean {
  return state.fetchedAt !== undefined && now < state.staleUntil;
}

/** When a refused request may come again, in whole seconds, at least 1 (RFC 9110 §10.2.3). */
export function retryAfterSec(
  state: RefreshState,
  now: number,
  timing: ResolvedKeyOptions,
): number {
  // With keys at hand, only an unknown kid is refused; it may try again after the cool-down.
  const waitMs = keysUsable(state, now)
    ? untilNextUnknownKidMs(state, now, timing)
    : remainingMs(now, state.failedAt, state.pausedUntil);
  return Math.max(1, Math.ceil(waitMs / 1_000));
}

/** The state after something happened. */
export function advance(
  state: RefreshState,
  event: RefreshEvent,
  timing: ResolvedKeyOptions,
): RefreshState {
  switch (event.type) {
    case 'started': {
      const { need, now } = event;
      // Not counted against unknown kids: an attempt without any keys (every kid is unknown then), or
      // one that was due in any case.
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
      // A snapshot of any age only bridges the gap: the provider is asked again as soon as
      // the pause allows.
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

/** Whether an ordinary attempt should start: before the keys are stale, or again after a failure. */
function isDue(state: RefreshState, now: number): boolean {
  if (state.inFlight || state.closed || isPaused(state, now)) return false;
  return !isWithin(now, state.fetchedAt ?? now, state.aheadAt);
}

function isPaused(state: RefreshState, now: number): boolean {
  return state.failures > 0 && isWithin(now, state.failedAt, state.pausedUntil);
}

/**
 * Whether the provider is known to be failing, so that waiting for it is pointless. That knowledge expires: when no
 * request came for the longest pause plus the time limit of an attempt, the next request waits and finds out.
 */
function failureKnown(state: RefreshState, now: number, timing: ResolvedKeyOptions): boolean {
  const until = state.pausedUntil + timing.backoffMaxMs + timing.fetchTimeoutMs;
  return state.failures > 0 && isWithin(now, state.failedAt, until);
}

/** How long until an unknown kid may start an attempt: 0 while one is available. */
function untilNextUnknownKidMs(
  state: RefreshState,
  now: number,
  timing: ResolvedKeyOptions,
): number {
  const untilFull = remainingMs(now, state.unknownKidAt, state.unknownKidFullAt);
  return Math.max(0, untilFull - (UNKNOWN_KID_BURST - 1) * timing.unknownKidCooldownMs);
}

/** Milliseconds left of a span at `now`; 0 outside of it. */
function remainingMs(now: number, from: number, until: number): number {
  return isWithin(now, from, until) ? until - now : 0;
}

function isWithin(now: number, from: number, until: number): boolean {
  return now >= from && now < until;
}

function refusal(state: RefreshState): Decision {
  return state.failures > 0 ? 'unavailable' : 'unknown';
}
