import { describe, expect, it } from 'vitest';
import { type Attempt, type BackOff, createBackOff } from '../src/back-off.ts';
import { isTokenSourceError, TokenSourceError } from '../src/token-source-error.ts';

const DOWN = new TokenSourceError('issuer_unavailable');
const REFUSED = new TokenSourceError('client_refused');

function setUp(random = 1) {
  const state = { now: 1_000 };
  const backOff = createBackOff({ now: () => state.now, random: () => random });
  return { backOff, state };
}

function attempt(backOff: BackOff): Attempt {
  const entered = backOff.enter();
  if (isTokenSourceError(entered)) throw entered;
  return entered;
}

describe('a back-off', () => {
  it('lets every attempt through while nothing has failed', () => {
    const { backOff } = setUp();
    attempt(backOff);
    attempt(backOff).succeeded();
    expect(backOff.last).toBeUndefined();
    attempt(backOff).released();
    attempt(backOff);
  });

  it('doubles the pause from half a second to half a minute', () => {
    const { backOff, state } = setUp();
    const pauses = Array.from({ length: 8 }, () => {
      const pause = attempt(backOff).failed(DOWN);
      state.now += pause - 1;
      expect(backOff.enter()).toBe(DOWN);
      state.now += 1;
      return pause;
    });
    expect(pauses).toEqual([500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
    attempt(backOff).succeeded();
    expect(backOff.last).toBeUndefined();
    expect(attempt(backOff).failed(DOWN)).toBe(500);
  });

  it('chooses a random part of the pause, but at least a tenth of a second', () => {
    expect(attempt(setUp(0.5).backOff).failed(DOWN)).toBe(250);
    expect(attempt(setUp(0).backOff).failed(DOWN)).toBe(100);
  });

  it.each([
    [20, 20_000],
    [60, 60_000],
    [61, 60_000],
    [0, 100],
  ])('waits as long as the server says: %i s', (retryAfterSec, pause) => {
    const error = new TokenSourceError('issuer_unavailable', { retryAfterSec });
    expect(attempt(setUp().backOff).failed(error)).toBe(pause);
  });

  it('waits half a minute after an error that does not end by itself, whatever the server says', () => {
    expect(attempt(setUp().backOff).failed(REFUSED)).toBe(30_000);
    const error = new TokenSourceError('client_refused', { retryAfterSec: 1 });
    expect(attempt(setUp().backOff).failed(error)).toBe(30_000);
  });

  it('lets one attempt through after the pause, and the next when the first has ended', () => {
    const { backOff, state } = setUp();
    attempt(backOff).failed(DOWN);
    state.now += 500;
    const trial = attempt(backOff);
    expect(backOff.enter()).toBe(DOWN);
    trial.released();
    attempt(backOff).succeeded();
    attempt(backOff);
    attempt(backOff);
  });

  it('counts a failure and the failures of attempts that began before it as one', () => {
    const { backOff, state } = setUp();
    const [first, second] = [attempt(backOff), attempt(backOff)];
    expect(first.failed(DOWN)).toBe(500);
    state.now += 200;
    expect(second.failed(REFUSED)).toBe(300);
    expect(backOff.last).toBe(DOWN);
    state.now += 300;
    const trial = attempt(backOff);
    state.now += 10_000;
    expect(trial.failed(DOWN)).toBe(1_000);
    // This attempt began before the pause, so its failure does not count again.
    const late = setUp();
    const old = [attempt(late.backOff), attempt(late.backOff)];
    old[0]?.failed(DOWN);
    late.state.now += 5_000;
    expect(old[1]?.failed(DOWN)).toBe(0);
  });

  it('ends the pause when something has changed', () => {
    const { backOff } = setUp();
    attempt(backOff).failed(REFUSED);
    expect(backOff.enter()).toBe(REFUSED);
    backOff.retryNow();
    attempt(backOff).succeeded();
  });
});
