import { describe, expect, it } from 'vitest';
import { resolveKeyOptions } from '../../src/keys/key-options.ts';
import {
  advance,
  conclude,
  type Decision,
  decide,
  keysUsable,
  type Need,
  NO_KEYS,
  type RefreshEvent,
  type RefreshState,
  retryAfterSec,
} from '../../src/keys/refresh-policy.ts';

const timing = resolveKeyOptions();
const T0 = 1_800_000_000_000;
const SEC = 1_000;
const FRESH = 600 * SEC;
const STALE = FRESH + 21_600 * SEC;

/** The state after events, each at a number of milliseconds after T0. */
function stateAfter(...events: readonly ((state: RefreshState) => RefreshEvent)[]): RefreshState {
  return events.reduce<RefreshState>(
    (state, event) => advance(state, event(state), timing),
    NO_KEYS,
  );
}
const started =
  (at: number, need: Need = 'known') =>
  (): RefreshEvent => ({
    type: 'started',
    need,
    now: T0 + at,
  });
const loaded =
  (at: number, random = 0) =>
  (): RefreshEvent => ({
    type: 'loaded',
    freshForMs: FRESH,
    now: T0 + at,
    random,
  });
const failed =
  (at: number, random = 0) =>
  (): RefreshEvent => ({
    type: 'failed',
    now: T0 + at,
    random,
  });
const restored = (at: number) => (): RefreshEvent => ({ type: 'restored', fetchedAt: T0 + at });
const closed = () => (): RefreshEvent => ({ type: 'closed' });

function look(state: RefreshState, at: number, need: Need = 'known'): Decision {
  return decide(state, need, T0 + at, timing);
}

describe('without keys', () => {
  it('the first request starts an attempt and waits for it', () => {
    expect(look(NO_KEYS, 0)).toBe('refresh_and_wait');
  });

  it('further requests wait for the running attempt', () => {
    expect(look(stateAfter(started(0)), 10)).toBe('wait');
    expect(look(stateAfter(started(0)), 10, 'unknown')).toBe('wait');
  });

  it('after a failure no request waits until the pause is over; then the next one tries again', () => {
    const state = stateAfter(started(0), failed(100));
    expect(look(state, 101)).toBe('unavailable');
    expect(look(state, 1_099)).toBe('unavailable');
    expect(look(state, 1_100)).toBe('refresh_and_wait');
  });

  it('the pause doubles with each failure in a row, up to its cap', () => {
    let state = NO_KEYS;
    const pauses: number[] = [];
    for (let n = 0; n < 8; n += 1) {
      state = advance(state, { type: 'failed', now: T0, random: 0 }, timing);
      pauses.push((state.pausedUntil - T0) / SEC);
    }
    expect(pauses).toEqual([1, 2, 4, 8, 16, 30, 30, 30]);
  });

  it('a pause is at most halved by jitter', () => {
    expect(stateAfter(failed(0, 0.999_999)).pausedUntil - T0).toBeCloseTo(500, 1);
  });

  it('the pause stays finite in a long outage', () => {
    const state = advance({ ...NO_KEYS, failures: 5_000 }, failed(0)(), timing);
    expect(state.pausedUntil - T0).toBe(30 * SEC);
  });

  it('a success ends the pauses: the next failure has the first pause again', () => {
    const state = stateAfter(failed(0), failed(0), failed(0), loaded(0), failed(0));
    expect(state.pausedUntil - T0).toBe(1 * SEC);
  });

  it('an attempt for the first keys does not count against unknown kids', () => {
    const state = stateAfter(started(0, 'unknown'), loaded(10));
    expect(look(state, 20, 'unknown')).toBe('refresh_and_wait');
  });
});

describe('with a known key, a request', () => {
  const state = stateAfter(started(0), loaded(0));

  it('uses it without waiting while it is fresh', () => {
    expect(look(state, 0)).toBe('serve');
    expect(look(state, 0.8 * FRESH - 1)).toBe('serve');
  });

  it('starts a refresh after 80 % of the fresh time, and does not wait for it', () => {
    expect(look(state, 0.8 * FRESH)).toBe('serve_and_refresh');
  });

  it('starts that refresh earlier at random, by a tenth at most', () => {
    expect(stateAfter(loaded(0, 0.999_999)).aheadAt - T0).toBeCloseTo(0.72 * FRESH, -1);
  });

  it('does not wait while that refresh is running', () => {
    const refreshing = advance(state, started(0.8 * FRESH)(), timing);
    expect(look(refreshing, 0.9 * FRESH)).toBe('serve');
  });

  it('starts or joins a refresh and waits, once the keys are not fresh and no failure is known', () => {
    expect(look(state, FRESH)).toBe('refresh_and_wait');
    expect(look(advance(state, started(FRESH)(), timing), FRESH + 1)).toBe('wait');
  });

  it('uses the current keys when the refresh that it waited for fails', () => {
    const failing = advance(state, failed(FRESH + 50)(), timing);
    expect(conclude(failing, 'known', T0 + FRESH + 50)).toBe('serve');
  });

  it('does not wait while a failure is known, and background attempts keep the pauses', () => {
    const failing = advance(state, failed(FRESH + 50)(), timing);
    expect(look(failing, FRESH + 51)).toBe('serve');
    expect(look(failing, FRESH + 1_049)).toBe('serve');
    expect(look(failing, FRESH + 1_050)).toBe('serve_and_refresh');
    const again = advance(failing, started(FRESH + 1_050)(), timing);
    expect(look(again, FRESH + 1_100)).toBe('serve');
  });

  it('waits for a new attempt if the last failure was long ago', () => {
    const failing = advance(state, failed(100)(), timing);
    expect(look(failing, FRESH + 3_600 * SEC)).toBe('refresh_and_wait');
  });

  it('does not wait while the next attempt runs up to its time limit, however short the pauses are', () => {
    const short = resolveKeyOptions({ backoffInitialMs: 50, backoffMaxMs: 50 });
    const failing = advance(state, failed(FRESH)(), short);
    const again = advance(failing, started(FRESH + 50)(), short);
    const during = (ms: number) => decide(again, 'known', T0 + FRESH + 50 + ms, short);
    expect(during(5 * SEC)).toBe('serve');
    expect(during(5 * SEC + 50)).toBe('wait');
  });

  it('is not affected by a failed refresh in the background, which only causes pauses', () => {
    const failing = advance(state, failed(0.8 * FRESH)(), timing);
    expect(look(failing, 0.8 * FRESH + 10)).toBe('serve');
    expect(look(failing, 0.8 * FRESH + 1_000)).toBe('serve_and_refresh');
  });

  it('uses the keys up to the end of staleForSec, and not longer', () => {
    const failing = advance(state, failed(STALE - 100)(), timing);
    expect(look(failing, STALE - 1)).toBe('serve');
    expect(look(failing, STALE)).toBe('unavailable');
    expect(conclude(failing, 'known', T0 + STALE)).toBe('unavailable');
    expect(keysUsable(failing, T0 + STALE)).toBe(false);
  });

  it('is treated after that as without keys', () => {
    expect(look(state, STALE)).toBe('refresh_and_wait');
    expect(look(advance(state, started(STALE)(), timing), STALE + 1)).toBe('wait');
  });

  it('uses the keys only while they are fresh if staleForSec is 0', () => {
    const strict = resolveKeyOptions({ staleForSec: 0 });
    const fresh = advance(NO_KEYS, loaded(0)(), strict);
    expect(decide(fresh, 'known', T0 + FRESH - 1, strict)).toBe('serve_and_refresh');
    expect(decide(fresh, 'known', T0 + FRESH, strict)).toBe('refresh_and_wait');
    expect(conclude(advance(fresh, failed(FRESH)(), strict), 'known', T0 + FRESH)).toBe(
      'unavailable',
    );
  });
});

/** Keys, after the three attempts of unknown kids were used: 100 to 400 ms after T0. */
const USED_UP = [
  started(0),
  loaded(0),
  started(100, 'unknown'),
  loaded(200),
  started(210, 'unknown'),
  loaded(300),
  started(310, 'unknown'),
  loaded(400),
];

describe('with an unknown kid', () => {
  const state = stateAfter(started(0), loaded(0));

  it('one attempt starts, and the request waits for it', () => {
    expect(look(state, 100, 'unknown')).toBe('refresh_and_wait');
  });

  it('the request waits for the running attempt, whoever started it', () => {
    expect(look(advance(state, started(100, 'unknown')(), timing), 110, 'unknown')).toBe('wait');
    expect(look(advance(state, started(100)(), timing), 110, 'unknown')).toBe('wait');
  });

  it('two rotations within seconds are both noticed, because three attempts are available', () => {
    const once = stateAfter(started(0), loaded(0), started(100, 'unknown'), loaded(200));
    expect(look(once, 300, 'unknown')).toBe('refresh_and_wait');
    const twice = stateAfter(...USED_UP.slice(0, 6));
    expect(look(twice, 400, 'unknown')).toBe('refresh_and_wait');
  });

  it('after three attempts, one more is available per cool-down; until then the answer is 401 without waiting', () => {
    const usedUp = stateAfter(...USED_UP);
    expect(look(usedUp, 3_200, 'unknown')).toBe('unknown');
    expect(look(usedUp, 5_099, 'unknown')).toBe('unknown');
    expect(look(usedUp, 5_100, 'unknown')).toBe('refresh_and_wait');
    const again = advance(usedUp, started(5_100, 'unknown')(), timing);
    const answered = advance(again, loaded(5_150)(), timing);
    expect(look(answered, 10_099, 'unknown')).toBe('unknown');
    expect(look(answered, 10_100, 'unknown')).toBe('refresh_and_wait');
  });

  it('after a quiet time all three attempts are available again, and not more', () => {
    let state = stateAfter(...USED_UP);
    for (const at of [300_000, 300_010, 300_020]) {
      expect(look(state, at, 'unknown')).toBe('refresh_and_wait');
      state = advance(state, started(at, 'unknown')(), timing);
      state = advance(state, loaded(at + 1)(), timing);
    }
    expect(look(state, 300_030, 'unknown')).toBe('unknown');
  });

  it('failed attempts count too, and then the answer is 503 with the time that is left', () => {
    const usedUp = stateAfter(...USED_UP.slice(0, -1), failed(410));
    expect(conclude(usedUp, 'unknown', T0 + 410)).toBe('unavailable');
    expect(look(usedUp, 1_300, 'unknown')).toBe('unavailable');
    expect(retryAfterSec(usedUp, T0 + 1_300, timing)).toBe(4);
    expect(look(usedUp, 5_100, 'unknown')).toBe('refresh_and_wait');
  });

  it('requests with known kids are not affected', () => {
    const searched = stateAfter(started(0), loaded(0), started(100, 'unknown'), failed(200));
    expect(look(searched, 300)).toBe('serve');
    expect(look(searched, 5_300)).toBe('serve');
  });

  it('after an attempt that got an answer, the kid counts as unknown', () => {
    expect(conclude(stateAfter(loaded(0)), 'unknown', T0)).toBe('unknown');
  });

  it('the pauses after failures do not lengthen the cool-down', () => {
    const failing = stateAfter(
      loaded(0),
      failed(FRESH),
      failed(FRESH),
      failed(FRESH),
      failed(FRESH),
    );
    expect(look(failing, FRESH + 100)).toBe('serve');
    expect(look(failing, FRESH + 100, 'unknown')).toBe('refresh_and_wait');
  });

  it('the cool-down does not delay a refresh that is due anyway', () => {
    const before = (ms: number) => 0.8 * FRESH - ms;
    const searched = stateAfter(
      loaded(0),
      started(before(400), 'unknown'),
      loaded(0),
      started(before(300), 'unknown'),
      loaded(0),
      started(before(100), 'unknown'),
      failed(before(90)),
    );
    expect(look(searched, 0.8 * FRESH, 'unknown')).toBe('unavailable');
    expect(look(searched, 0.8 * FRESH + 1_000, 'unknown')).toBe('refresh_and_wait');
  });
});

describe('keys from a snapshot', () => {
  it('are used until they are too old by their own time, and the provider is asked again', () => {
    const state = stateAfter(started(0), failed(10), restored(-3_600 * SEC));
    expect(look(state, 20)).toBe('serve');
    expect(look(state, 1_010)).toBe('serve_and_refresh');
    expect(look(state, STALE - 3_600 * SEC)).toBe('refresh_and_wait');
  });

  it('do not stop the attempts, even if they would still be fresh', () => {
    const state = stateAfter(started(0), failed(10), restored(-10 * SEC));
    expect(look(state, 20)).toBe('serve');
    expect(look(state, 1_010)).toBe('serve_and_refresh');
  });
});

describe('after close', () => {
  it('no attempt starts, and the current keys are used up to the end of staleForSec', () => {
    const state = stateAfter(loaded(0), closed());
    expect(look(state, 0.9 * FRESH)).toBe('serve');
    expect(look(state, FRESH)).toBe('serve');
    expect(look(state, 100, 'unknown')).toBe('unknown');
    expect(look(state, STALE)).toBe('unavailable');
    expect(look(stateAfter(closed()), 0)).toBe('unavailable');
  });
});

describe('a clock that is set back', () => {
  it('does not prolong the pause after a failure', () => {
    expect(look(stateAfter(failed(0)), -3_600 * SEC)).toBe('refresh_and_wait');
  });

  it('does not prolong the cool-down', () => {
    // The last answer came before the clock was set back: the keys are fresh, and no refresh is due.
    const state = stateAfter(...USED_UP.slice(0, -1), loaded(-3_600.5 * SEC));
    expect(look(state, -3_600 * SEC, 'unknown')).toBe('refresh_and_wait');
  });

  it('does not delay the refresh of the keys', () => {
    expect(look(stateAfter(loaded(0)), -3_600 * SEC)).toBe('serve_and_refresh');
  });

  it('does not cause a Retry-After of an hour', () => {
    expect(retryAfterSec(stateAfter(failed(0)), T0 - 3_600 * SEC, timing)).toBe(1);
  });
});

describe('Retry-After', () => {
  it('is the rest of the pause in whole seconds, at least one', () => {
    const state = stateAfter(failed(0), failed(0), failed(0));
    expect(retryAfterSec(state, T0, timing)).toBe(4);
    expect(retryAfterSec(state, T0 + 1, timing)).toBe(4);
    expect(retryAfterSec(state, T0 + 3_999, timing)).toBe(1);
    expect(retryAfterSec(state, T0 + 9_999, timing)).toBe(1);
  });
});

describe('what is over has no effect', () => {
  it('a failure before a success does not pause the next attempt, and requests wait for it', () => {
    const short = (at: number) => (): RefreshEvent => ({
      type: 'loaded',
      freshForMs: SEC / 10,
      now: T0 + at,
      random: 0,
    });
    const state = stateAfter(started(0), failed(0), started(1), short(1));
    expect(look(state, 1 + 90)).toBe('serve_and_refresh');
    expect(look(state, 1 + 200)).toBe('refresh_and_wait');
  });

  it('a snapshot counts as fresh from the time when the provider sent it', () => {
    const state = stateAfter(started(0), failed(0), restored(0));
    // The failure is long ago by then, and the keys are still fresh, so no request waits.
    expect(look(state, 60 * SEC)).toBe('serve_and_refresh');
    expect(look(state, FRESH + 60 * SEC)).toBe('refresh_and_wait');
  });

  it('an attempt for known keys does not use the attempts of unknown kids', () => {
    const state = stateAfter(started(0), loaded(0), started(FRESH), loaded(FRESH));
    expect(look(state, FRESH + 1, 'unknown')).toBe('refresh_and_wait');
  });
});
