import { afterEach, describe, expect, it, vi } from 'vitest';
import { aClock, NOW } from '../../../../test/support/tokens.ts';
import { createReplayGuard } from '../../src/binding/replay-guard.ts';
import { createEventSink } from '../../src/lib/event-sink.ts';
import type { AuthEvent } from '../../src/model/events.ts';
import { memoryReplayStore } from '../../src/stores/memory-replay-store.ts';
import {
  type ReplayStore,
  ReplayStoreFullError,
  type ReserveOptions,
} from '../../src/stores/replay-store.ts';

interface Asked extends Omit<ReserveOptions, 'signal'> {
  readonly id: string;
}

function aGuard(answer: ReplayStore['reserve'], { local = false } = {}) {
  const asked: Asked[] = [];
  const events: AuthEvent[] = [];
  const clock = aClock();
  const replay: ReplayStore = {
    reserve(id, options) {
      asked.push({ id, ttlMs: options.ttlMs, holder: options.holder });
      return answer(id, options);
    },
  };
  const guard = createReplayGuard({
    replay,
    fallback: local ? memoryReplayStore({ clock, maxEntries: 20 }) : undefined,
    clock,
    events: createEventSink((event) => events.push(event)),
  });
  return { ...guard, asked, events, clock, replay };
}

const aProof = (jti = 'id', thumbprint = 'key') => ({
  jti,
  thumbprint,
  acceptedUntilSec: NOW + 60,
  nextNonce: undefined,
});

const down = () => {
  throw new Error('down');
};

afterEach(() => {
  vi.restoreAllMocks();
});

describe('a mark', () => {
  it('says whether a proof is used for the first time, without a promise if the store gives none', () => {
    const { mark } = aGuard(memoryReplayStore().reserve);
    expect(mark(aProof(), undefined)).toEqual({ outcome: 'first' });
    expect(mark(aProof(), undefined)).toEqual({ outcome: 'replayed' });
  });

  it('waits for a store that gives a promise', async () => {
    const { mark } = aGuard(async () => true);
    const marked = mark(aProof(), undefined);
    expect(marked).toBeInstanceOf(Promise);
    expect(await marked).toEqual({ outcome: 'first' });
    expect(await aGuard(async () => false).mark(aProof(), undefined)).toEqual({
      outcome: 'replayed',
    });
  });

  it('is kept until every clock shows that the proof is too old, and a proof that is too old is refused', () => {
    const { mark, asked, clock } = aGuard(() => true);
    mark(aProof(), undefined);
    clock.advance(59_999.5);
    mark(aProof(), undefined);
    clock.advance(1_000.5);
    expect(mark(aProof(), undefined)).toEqual({ outcome: 'first' });
    clock.advance(1);
    expect(mark(aProof(), undefined)).toEqual({ outcome: 'late' });
    expect(asked.map(({ ttlMs }) => ttlMs)).toEqual([66_000, 6_001, 5_000]);
  });

  it('depends only on the key and the id', () => {
    const { mark, asked } = aGuard(() => true);
    for (const [jti, key] of [
      ['a', 'k'],
      ['b', 'k'],
      ['a', 'l'],
      ['k', 'a'],
      ['a', 'k'],
    ]) {
      mark({ ...aProof(jti, key), nextNonce: `${jti}` }, undefined);
    }
    const ids = asked.map(({ id }) => id);
    expect(new Set(ids).size).toBe(4);
    expect(ids[4]).toBe(ids[0]);
    expect(ids.every((id) => /^[\w-]{43}$/.test(id))).toBe(true);
    // Other versions of this package that share the store must make the same ids.
    expect(ids[0]).toBe('9RLSsksehQUe8DW9_uDhsNIcs6Np2Z9XV3hzoNyeDjM');
    expect(asked[0]?.holder).toBe('k');
  });
});

describe('a request', () => {
  it('marks each proof once, however many calls there are', async () => {
    const { mark, asked, replay } = aGuard(memoryReplayStore().reserve);
    const request = {};
    for (let times = 0; times < 3; times++) {
      expect(mark(aProof(), request)).toEqual({ outcome: 'first' });
    }
    expect(asked).toHaveLength(1);
    expect(mark(aProof('other'), request)).toEqual({ outcome: 'first' });
    expect(asked).toHaveLength(2);
    // Another request, and no request, do not count as the same request.
    expect(mark(aProof(), {})).toEqual({ outcome: 'replayed' });
    expect(mark(aProof(), undefined)).toEqual({ outcome: 'replayed' });
    // Another guard over the same store gets the same answer. A guard over another store does not.
    const options = { fallback: undefined, clock: aClock(), events: createEventSink() };
    expect(createReplayGuard({ replay, ...options }).mark(aProof(), request)).toEqual({
      outcome: 'first',
    });
    const strict = createReplayGuard({ replay: { reserve: () => false }, ...options });
    expect(strict.mark(aProof(), request)).toEqual({ outcome: 'replayed' });
  });

  it('shares a mark that is still being made', async () => {
    const { mark, asked } = aGuard(async () => true);
    const request = {};
    const [one, two] = [mark(aProof(), request), mark(aProof(), request)];
    expect(await one).toBe(await two);
    expect(asked).toHaveLength(1);
  });

  it('gets the same answer again after a replay', () => {
    const { mark } = aGuard(() => false);
    const request = {};
    expect(mark(aProof(), request)).toEqual({ outcome: 'replayed' });
    expect(mark(aProof(), request)).toEqual({ outcome: 'replayed' });
  });
});

describe('an outage', () => {
  it.each<[string, ReplayStore['reserve']]>([
    ['throws', down],
    ['rejects', () => Promise.reject(new Error('down'))],
    ['gives something else', (() => 'OK') as never],
    ['gives nothing', (() => undefined) as never],
    ['promises something else', (async () => 1) as never],
    [
      'is full',
      () => {
        throw new ReplayStoreFullError('store');
      },
    ],
  ])('of a store that %s causes one event, until the store works again', async (_what, fail) => {
    let isDown = true;
    const { mark, events } = aGuard((id, options) => (isDown ? fail(id, options) : true));
    for (let times = 0; times < 3; times++) {
      expect(await mark(aProof(), undefined)).toMatchObject({
        outcome: 'unavailable',
        cause: expect.any(Error),
      });
    }
    expect(events).toEqual([{ type: 'store.failed', store: 'replay', outcome: 'refused' }]);
    isDown = false;
    for (let times = 0; times < 2; times++) await mark(aProof(), undefined);
    expect(events.slice(1)).toEqual([{ type: 'store.recovered', store: 'replay' }]);
  });

  it('has a cause that says what was wrong with the answer of the store', async () => {
    expect(await aGuard((() => null) as never).mark(aProof(), undefined)).toEqual({
      outcome: 'unavailable',
      cause: new TypeError('reserve() of the replay store returned neither true nor false'),
    });
  });

  it('does not begin when only the share of one holder is full', () => {
    const { mark, events } = aGuard(() => {
      throw new ReplayStoreFullError('holder');
    });
    expect(mark(aProof(), undefined)).toMatchObject({ outcome: 'unavailable' });
    expect(events).toEqual([]);
  });

  it('begins when the store answers too late', async () => {
    const aborted = vi
      .spyOn(AbortSignal, 'timeout')
      .mockReturnValue(AbortSignal.abort(new Error('late')));
    const { mark, events } = aGuard(() => new Promise(() => {}));
    expect(await mark(aProof(), undefined)).toMatchObject({
      outcome: 'unavailable',
      cause: new Error('late'),
    });
    expect(aborted).toHaveBeenCalledWith(2_000);
    expect(events).toHaveLength(1);
  });

  it('works without event listeners', () => {
    const options = { fallback: undefined, clock: aClock(), events: { active: false, emit: down } };
    const guard = createReplayGuard({ replay: { reserve: down }, ...options });
    expect(guard.mark(aProof(), undefined)).toMatchObject({ outcome: 'unavailable' });
  });
});

describe('the signal', () => {
  it('is created only for a store that reads it, and once', async () => {
    const timeout = vi.spyOn(AbortSignal, 'timeout');
    aGuard(() => true).mark(aProof(), undefined);
    expect(timeout).not.toHaveBeenCalled();
    const signals: AbortSignal[] = [];
    await aGuard(async (_id, options) => {
      signals.push(options.signal, options.signal);
      return true;
    }).mark(aProof(), undefined);
    expect(timeout).toHaveBeenCalledTimes(1);
    expect(signals[0]).toBe(signals[1]);
  });
});

describe('onReplayOutage: local', () => {
  it('uses the memory of this process, which knows what was used before the outage', async () => {
    let isDown = false;
    const { mark, events } = aGuard(() => (isDown ? down() : true), { local: true });
    expect(mark(aProof('before'), undefined)).toEqual({ outcome: 'first' });
    isDown = true;
    expect(mark(aProof('before'), undefined)).toEqual({ outcome: 'replayed' });
    expect(mark(aProof('during'), undefined)).toEqual({ outcome: 'first' });
    expect(mark(aProof('during'), undefined)).toEqual({ outcome: 'replayed' });
    expect(events).toEqual([{ type: 'store.failed', store: 'replay', outcome: 'local' }]);
    isDown = false;
    expect(mark(aProof('during'), undefined)).toEqual({ outcome: 'replayed' });
  });

  it('uses the store’s answer while it works', async () => {
    expect(await aGuard(async () => false, { local: true }).mark(aProof(), undefined)).toEqual({
      outcome: 'replayed',
    });
    expect(await aGuard(async () => true, { local: true }).mark(aProof(), undefined)).toEqual({
      outcome: 'first',
    });
    const rejecting = aGuard(() => Promise.reject(new Error('down')), { local: true });
    expect(await rejecting.mark(aProof(), undefined)).toEqual({ outcome: 'first' });
  });

  it('does not ask the store about proofs that this process has seen', () => {
    const { mark, asked } = aGuard(() => true, { local: true });
    mark(aProof(), undefined);
    mark(aProof(), undefined);
    expect(asked).toHaveLength(1);
  });

  it('uses the store when the memory of this process is full', () => {
    let isDown = false;
    const { mark } = aGuard(() => (isDown ? down() : true), { local: true });
    for (let index = 0; index < 20; index++) mark(aProof(`${index}`, `key-${index}`), undefined);
    expect(mark(aProof('more'), undefined)).toEqual({ outcome: 'first' });
    isDown = true;
    expect(mark(aProof('even more'), undefined)).toMatchObject({
      outcome: 'unavailable',
      cause: expect.any(ReplayStoreFullError),
    });
  });
});
