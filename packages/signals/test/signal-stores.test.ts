import {
  type AuthEvent,
  memoryReplayStore,
  memoryRevocations,
  type ReserveOptions,
} from '@authly/core';
import { createEventSink } from '@authly/core/adapter';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { aClock, NOW } from '../../../test/support/tokens.ts';
import { createSignalStores, markFault, type SignalTarget } from '../src/signal-stores.ts';

const HOLDER = 'https://a';
const SUBJECT: SignalTarget = { kind: 'subject', issuer: 'https://a', subject: 'ada' };

function someStores({
  revocations = memoryRevocations({ clock: aClock() }),
  reserve = (): boolean | Promise<boolean> => true,
}: {
  revocations?: ReturnType<typeof memoryRevocations>;
  reserve?: (id: string, options: ReserveOptions) => boolean | Promise<boolean>;
} = {}) {
  const events: AuthEvent[] = [];
  const sink = createEventSink((event) => events.push(event));
  return {
    stores: createSignalStores({ revocations, replay: { reserve } }, sink),
    events,
    revocations,
  };
}

describe('marks', () => {
  it('are set on the targets, with the given time', async () => {
    const { stores, revocations } = someStores();
    const marks = await stores.mark([SUBJECT, { ...SUBJECT, subject: 'bob' }], {
      issuedBefore: NOW - 7,
      holder: HOLDER,
    });
    expect(marks.map(({ issuedBefore }) => issuedBefore)).toEqual([NOW - 7, NOW - 7]);
    expect(await revocations.list()).toEqual(marks);
  });

  it('are not requested from the store for an empty list, and the list says nothing about an outage', async () => {
    const { stores, events } = someStores({
      revocations: { ...memoryRevocations(), revokeSubject: () => Promise.reject(new Error('x')) },
    });
    await expect(stores.mark([SUBJECT], { issuedBefore: NOW, holder: HOLDER })).rejects.toThrow(
      'x',
    );
    expect(await stores.mark([], { issuedBefore: NOW, holder: HOLDER })).toEqual([]);
    expect(events).toEqual([{ type: 'store.failed', store: 'revocation', outcome: 'refused' }]);
  });

  it('of an event with many names are made some at a time, so that other requests need not wait', async () => {
    let underWay = 0;
    let most = 0;
    const memory = memoryRevocations({ clock: aClock() });
    const { stores } = someStores({
      revocations: {
        ...memory,
        async revokeSubject(...target) {
          underWay += 1;
          most = Math.max(most, underWay);
          await new Promise((resolve) => setImmediate(resolve));
          underWay -= 1;
          return await memory.revokeSubject(...target);
        },
      },
    });
    // As many aliases as fit into an event of 64 KiB.
    const targets = Array.from({ length: 900 }, (_, count) => ({
      ...SUBJECT,
      subject: `${count}`,
    }));
    const marks = await stores.mark(targets, { issuedBefore: NOW, holder: HOLDER });
    expect(most).toBe(16);
    expect(marks).toHaveLength(900);
    expect(new Set(marks.map(({ id }) => id)).size).toBe(900);
    expect(await memory.list()).toHaveLength(900);
  });

  it('that a store refuses at once are an outage, and the failure of an earlier mark is handled too', async () => {
    let calls = 0;
    const { stores } = someStores({
      revocations: {
        ...memoryRevocations(),
        // The connection breaks between two marks of one event.
        revokeSubject() {
          calls += 1;
          if (calls > 1) throw new Error('not connected');
          return Promise.reject(new Error('connection lost'));
        },
      },
    });
    // An unhandled rejection would fail this test, and end a process.
    await expect(
      stores.mark([SUBJECT, SUBJECT], { issuedBefore: NOW, holder: HOLDER }),
    ).rejects.toThrow();
    await new Promise((resolve) => setImmediate(resolve));
    expect(calls).toBe(2);
  });

  it('are counted for the issuer that sent the signal; if it has used up its share, that is no outage of the store', async () => {
    const revocations = memoryRevocations({ clock: aClock(), maxMarks: 4 });
    const { stores, events } = someStores({ revocations });
    const subject = (name: string): SignalTarget => ({ ...SUBJECT, subject: name });
    const options = { issuedBefore: NOW, holder: HOLDER };
    await stores.mark([subject('a'), subject('b')], options);
    const targets: readonly SignalTarget[] = [
      { kind: 'token', issuer: HOLDER, tokenId: 't' },
      { kind: 'token', token: 't' },
      { kind: 'session', issuer: HOLDER, sessionId: 's' },
      subject('c'),
      { kind: 'principal', principalKey: 'user:k' },
      { kind: 'client', issuer: HOLDER, clientId: 'c' },
    ];
    for (const target of targets) {
      const outcome = await stores.mark([target], options).catch(markFault);
      expect(outcome, target.kind).toBe('share_used_up');
    }
    expect(events).toEqual([]);
    await stores.mark([subject('c')], { ...options, holder: 'https://b' });
    await revocations.revokePrincipal('user:own');
    expect(await stores.mark([subject('d')], options).catch(markFault)).toBe('store_unavailable');
    expect(events).toMatchObject([{ type: 'store.failed', store: 'revocation' }]);
  });

  it('that a store does not make within two seconds are an outage', async () => {
    vi.useFakeTimers();
    const { stores, events } = someStores({
      revocations: { ...memoryRevocations(), revokeSubject: () => new Promise(() => {}) },
    });
    const outcome = stores
      .mark([SUBJECT], { issuedBefore: NOW, holder: HOLDER })
      .catch((error: Error) => error.name);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(await outcome).toBe('TimeoutError');
    expect(events).toMatchObject([{ type: 'store.failed' }]);
  });
});

describe('a signal that was received before', () => {
  const signal = { source: 'logout', issuer: 'https://a', id: '1' } as const;

  it('is recognized for a day by a digest of its kind, issuer and id', async () => {
    const asked: { id: string; ttlMs: number; isOver: boolean }[] = [];
    const { stores } = someStores({
      reserve(id, { ttlMs, signal: { aborted: isOver } }) {
        asked.push({ id, ttlMs, isOver });
        return true;
      },
    });
    const others = [
      { ...signal, source: 'security_event' as const },
      { ...signal, issuer: 'https://b' },
      { ...signal, id: '2' },
      { ...signal, issuer: 'https://a1', id: '' },
    ];
    for (const each of [signal, signal, ...others]) await stores.isFirst(each);
    const ids = asked.map(({ id }) => id);
    expect(ids[0]).toBe(ids[1]);
    expect(new Set(ids).size).toBe(5);
    for (const { id, ttlMs, isOver } of asked) {
      expect(id).toMatch(/^[\w-]{43}$/);
      expect([ttlMs, isOver]).toEqual([86_400_000, false]);
    }
  });

  it('is recognized if the store says so', async () => {
    const { stores } = someStores({ reserve: () => Promise.resolve(false) });
    expect(await stores.isFirst(signal)).toBe(false);
  });

  it('is reported again if the issuer has used up its share of the memory; its marks are made all the same', async () => {
    const replay = memoryReplayStore({ maxEntries: 20, clock: aClock() });
    const { stores, events } = someStores({ reserve: replay.reserve });
    const isFirst = (issuer: string, id: string) => stores.isFirst({ ...signal, issuer, id });
    for (const id of ['1', '2']) {
      expect(await isFirst('https://a', id)).toBe(true);
      expect(await isFirst('https://a', id)).toBe(false);
    }
    for (const _time of [1, 2]) expect(await isFirst('https://a', '3')).toBe(true);
    expect(await isFirst('https://b', '3')).toBe(true);
    expect(await isFirst('https://b', '3')).toBe(false);
    expect(events).toEqual([]);
  });

  it('is unknown if the store returns neither true nor false', async () => {
    const { stores, events } = someStores({ reserve: () => 0 as never });
    await expect(stores.isFirst(signal)).rejects.toThrow('neither true nor false');
    expect(events).toMatchObject([{ type: 'store.failed', store: 'replay' }]);
  });

  it('is unknown if the store takes more than two seconds, and the call is aborted', async () => {
    vi.useFakeTimers();
    let signalOfStore: AbortSignal | undefined;
    const { stores } = someStores({
      reserve(_id, options) {
        signalOfStore = options.signal;
        return new Promise(() => {});
      },
    });
    const outcome = stores.isFirst(signal).catch((error: Error) => error.name);
    await vi.advanceTimersByTimeAsync(1_999);
    expect(signalOfStore?.aborted).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(await outcome).toBe('TimeoutError');
    expect(signalOfStore?.aborted).toBe(true);
  });
});

describe('an outage', () => {
  it('is reported when it begins and when it ends, for each store separately', async () => {
    let isDown = true;
    const down = () => {
      if (isDown) throw new Error('down');
      return true;
    };
    const { stores, events } = someStores({ reserve: down });
    const ask = () => stores.isFirst({ source: 'logout', issuer: 'a', id: 'b' }).catch(() => {});
    await ask();
    await ask();
    await stores.mark([SUBJECT], { issuedBefore: NOW, holder: HOLDER });
    isDown = false;
    await ask();
    await ask();
    isDown = true;
    await ask();
    expect(events.map(({ type }) => type)).toEqual([
      'store.failed',
      'store.recovered',
      'store.failed',
    ]);
  });
});

beforeEach(() => {
  vi.useRealTimers();
});
afterEach(() => {
  vi.useRealTimers();
});
