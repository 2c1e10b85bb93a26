import { describe, expect, it } from 'vitest';
import { aClock } from '../../../../test/support/tokens.ts';
import { ConfigurationError } from '../../src/model/errors.ts';
import { memoryReplayStore } from '../../src/stores/memory-replay-store.ts';
import { ReplayStoreFullError } from '../../src/stores/replay-store.ts';

const signal = new AbortController().signal;

function aStore(maxEntries?: number) {
  const clock = aClock();
  const store = memoryReplayStore({ clock, ...(maxEntries !== undefined && { maxEntries }) });
  return {
    clock,
    reserve: (id: string, ttlMs = 1_000, holder?: string) =>
      store.reserve(id, { ttlMs, signal, holder }),
  };
}

/** What is full when a reservation is refused: `store` or `holder`. */
function fullOf(run: () => unknown): unknown {
  try {
    return run();
  } catch (error) {
    if (error instanceof ReplayStoreFullError) return error.full;
    throw error;
  }
}

describe('memoryReplayStore', () => {
  it('keeps an id to the last millisecond of its time, and not longer', () => {
    const { clock, reserve } = aStore();
    expect(reserve('a', 1_500)).toBe(true);
    clock.advance(1_499);
    expect(reserve('a', 1_500)).toBe(false);
    clock.advance(1);
    expect(reserve('a', 1_500)).toBe(true);
  });

  it('keeps an id that was reserved again before its first entry was removed', () => {
    const { clock, reserve } = aStore();
    reserve('a', 1_000);
    clock.advance(1_000);
    expect(reserve('a', 60_000)).toBe(true);
    // The bucket of the first time expires now. It contains the id, which is still reserved by its second time.
    for (let second = 0; second < 59; second++) {
      clock.advance(1_000);
      reserve(`other-${second}`, 1);
      expect(reserve('a', 1)).toBe(false);
    }
    clock.advance(1_000);
    expect(reserve('a', 1)).toBe(true);
  });

  it('refuses when it is full, removes nothing that is still valid, and accepts again when an id expires', () => {
    const { clock, reserve } = aStore(20);
    for (let index = 0; index < 20; index++) expect(reserve(`id-${index}`, 1_000)).toBe(true);
    expect(fullOf(() => reserve('one more', 1_000))).toBe('store');
    for (let index = 0; index < 20; index++) expect(reserve(`id-${index}`, 1_000)).toBe(false);
    clock.advance(1_000);
    for (let index = 0; index < 20; index++) expect(reserve(`new-${index}`, 9_000)).toBe(true);
    expect(fullOf(() => reserve('one more', 1_000))).toBe('store');
  });

  it('leaves nine tenths to other holders, whatever one holder reserves', () => {
    const { clock, reserve } = aStore(20);
    expect(reserve('a', 1_000, 'greedy')).toBe(true);
    expect(reserve('b', 1_000, 'greedy')).toBe(true);
    expect(fullOf(() => reserve('c', 1_000, 'greedy'))).toBe('holder');
    // The ids that it has are still known, and a replay is detected.
    expect(reserve('a', 1_000, 'greedy')).toBe(false);
    for (let index = 0; index < 9; index++) {
      expect(reserve(`x-${index}`, 1_000, `holder-${index}`)).toBe(true);
      expect(reserve(`y-${index}`, 1_000, `holder-${index}`)).toBe(true);
    }
    clock.advance(1_000);
    expect(reserve('c', 1_000, 'greedy')).toBe(true);
    expect(reserve('d', 1_000, 'greedy')).toBe(true);
    expect(fullOf(() => reserve('e', 1_000, 'greedy'))).toBe('holder');
  });

  it('removes expired ids of a holder whose share is full', () => {
    const { clock, reserve } = aStore(1_000);
    for (let index = 0; index < 800; index++) reserve(`early-${index}`, 1_000);
    for (let index = 0; index < 100; index++) reserve(`own-${index}`, 2_000, 'holder');
    expect(fullOf(() => reserve('more', 1_000, 'holder'))).toBe('holder');
    clock.advance(2_000);
    expect(reserve('more', 1_000, 'holder')).toBe(true);
  });

  it('has no limit for reservations without a holder', () => {
    const { reserve } = aStore(20);
    for (let index = 0; index < 20; index++) expect(reserve(`id-${index}`)).toBe(true);
  });

  it('lets each holder have at least one id, however small the store is', () => {
    const { reserve } = aStore(5);
    expect(reserve('a', 1_000, 'h')).toBe(true);
    expect(fullOf(() => reserve('b', 1_000, 'h'))).toBe('holder');
  });

  it('accepts times in any order', () => {
    const { clock, reserve } = aStore();
    const times = [5, 1, 9, 3, 7, 2, 8, 4, 6].map((seconds) => seconds * 1_000);
    for (const ttlMs of times) reserve(`t-${ttlMs}`, ttlMs);
    for (let now = 1_000; now <= 9_000; now += 1_000) {
      clock.advance(1_000);
      const alive = times.filter((ttlMs) => reserve(`t-${ttlMs}`, 60_000 * 60) === false);
      expect(alive.filter((ttlMs) => ttlMs > now)).toEqual(times.filter((each) => each > now));
    }
  });

  it('removes ids after a long pause, a few with each reservation', () => {
    const { clock, reserve } = aStore(100);
    for (let index = 0; index < 100; index++) reserve(`old-${index}`, 1_000 + index * 100);
    clock.advanceSec(86_400);
    for (let index = 0; index < 100; index++) expect(reserve(`new-${index}`, 60_000)).toBe(true);
    expect(fullOf(() => reserve('more'))).toBe('store');
  });

  it('accepts ids with any first character', () => {
    const { reserve } = aStore();
    for (const id of ['', '-', '_', 'A', 'z', '0', 'ä', '€']) {
      expect(reserve(id)).toBe(true);
      expect(reserve(id)).toBe(false);
    }
  });

  it.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])('refuses a time of %d', (ttlMs) => {
    expect(() => aStore().reserve('a', ttlMs)).toThrow(RangeError);
  });

  it.each([0, -1, 1.5, '10', Number.NaN])('refuses maxEntries: %j', (maxEntries) => {
    expect(() => memoryReplayStore({ maxEntries: maxEntries as number })).toThrow(
      new ConfigurationError(
        'memoryReplayStore(): maxEntries must be a whole number from 1. Write: memoryReplayStore({ maxEntries: 1_000_000 })',
      ),
    );
  });

  it('has a message for logs that says what is full', () => {
    expect(new ReplayStoreFullError('store')).toMatchObject({
      name: 'ReplayStoreFullError',
      message: 'The replay store is full',
    });
    expect(new ReplayStoreFullError('holder').message).toBe(
      'The replay store is full for this holder',
    );
  });

  it('has room for a million ids by default', () => {
    const { reserve } = aStore();
    for (let index = 0; index < 1_000_000; index++) reserve(`id-${index}`, 71_000);
    expect(fullOf(() => reserve('one more'))).toBe('store');
    expect(reserve('id-0')).toBe(false);
  });
});
