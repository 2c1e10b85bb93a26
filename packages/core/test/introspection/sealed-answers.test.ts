import { createCipheriv, hkdfSync } from 'node:crypto';
import { describe, expect, it, vi } from 'vitest';
import { createSealedAnswers } from '../../src/introspection/sealed-answers.ts';
import { createEventSink } from '../../src/lib/event-sink.ts';
import type { AuthEvent } from '../../src/model/events.ts';
import type { IntrospectionStore } from '../../src/stores/introspection-store.ts';

const secret = (text: string) => Buffer.from(text.padEnd(32, '.'));
const KEPT = Object.freeze({ answer: { active: true, sub: 'ada' }, answeredAt: 5 });

function memoryStore() {
  const entries = new Map<string, Uint8Array>();
  const calls: (readonly [string, number])[] = [];
  const store: IntrospectionStore = {
    get: async (id) => entries.get(id),
    set: async (id, bytes, ttlMs) => {
      calls.push([id, ttlMs]);
      entries.set(id, bytes);
    },
  };
  return { store, entries, calls };
}

function sealed(store: IntrospectionStore, options = {}) {
  return createSealedAnswers({
    store,
    secrets: [secret('current')],
    issuer: 'https://as.example.com',
    clientId: 'api',
    events: createEventSink(() => {}),
    ...options,
  });
}

describe('sealed answers', () => {
  it('are read as they were stored, under an id of 43 characters', async () => {
    const { store, calls } = memoryStore();
    const answers = sealed(store);
    answers.set('token', KEPT, 30_000);
    expect(await answers.get('token')).toEqual(KEPT);
    expect(calls).toEqual([[expect.stringMatching(/^[\w-]{43}$/), 30_000]]);
  });

  it('are encrypted anew each time, also the same answer', () => {
    const { store, entries } = memoryStore();
    const answers = sealed(store);
    answers.set('token', KEPT, 1);
    const [first] = entries.values();
    answers.set('token', KEPT, 1);
    const [second] = entries.values();
    expect(first).not.toEqual(second);
  });

  it('are decrypted with an earlier secret, and encrypted with the first one', async () => {
    const { store } = memoryStore();
    sealed(store, { secrets: [secret('old')] }).set('token', KEPT, 1);
    const both = sealed(store, { secrets: [secret('new'), secret('old')] });
    expect(await both.get('token')).toEqual(KEPT);
    both.set('token', KEPT, 1);
    expect(await sealed(store, { secrets: [secret('new')] }).get('token')).toEqual(KEPT);
    expect(await sealed(store, { secrets: [secret('old')] }).get('token')).toBeUndefined();
  });

  it.each([
    ['another token', {}, 'other'],
    ['another issuer', { issuer: 'https://other.example.com' }, 'token'],
    ['another client', { clientId: 'other' }, 'token'],
    ['another secret', { secrets: [secret('another')] }, 'token'],
  ])('are not decrypted for %s, wherever they are found', async (_name, options, token) => {
    const { store, entries } = memoryStore();
    sealed(store).set('token', KEPT, 1);
    const [bytes] = entries.values();
    const everywhere: IntrospectionStore = { ...store, get: async () => bytes };
    expect(await sealed(everywhere).get('token')).toEqual(KEPT);
    expect(await sealed(everywhere, options).get(token)).toBeUndefined();
  });

  it('count as absent if a byte was changed or is missing', async () => {
    const { store, entries } = memoryStore();
    sealed(store).set('token', KEPT, 1);
    const [bytes = new Uint8Array()] = entries.values();
    for (let at = 0; at < bytes.length; at++) {
      const changed = bytes.map((byte, index) => (index === at ? byte ^ 0x40 : byte));
      const get = async () => changed;
      expect(await sealed({ ...store, get }).get('token')).toBeUndefined();
      const cut = async () => bytes.subarray(0, at);
      expect(await sealed({ ...store, get: cut }).get('token')).toBeUndefined();
    }
  });

  it.each([
    ['is down', () => Promise.reject(new Error('down'))],
    [
      'throws',
      () => {
        throw new Error('down');
      },
    ],
    ['has text', async () => 'text' as never],
    ['has nothing', async () => null],
  ])('count as absent if the store %s', async (_name, get) => {
    const { store } = memoryStore();
    expect(await sealed({ ...store, get }).get('token')).toBeUndefined();
  });

  it('count as absent if they are not answers', async () => {
    for (const kept of [
      { answer: [], answeredAt: 1 },
      { answer: {} },
      { answer: {}, answeredAt: '1' },
    ]) {
      const { store } = memoryStore();
      sealed(store).set('token', kept as never, 1);
      expect(await sealed(store).get('token')).toBeUndefined();
    }
  });

  it('do not wait longer than 250 ms for a store', async () => {
    vi.useFakeTimers();
    try {
      const { store } = memoryStore();
      const hanging = sealed({ ...store, get: () => new Promise(() => {}) }).get('token');
      let isOver = false;
      void hanging.then(() => {
        isOver = true;
      });
      await vi.advanceTimersByTimeAsync(249);
      expect(isOver).toBe(false);
      await vi.advanceTimersByTimeAsync(1);
      expect(await hanging).toBeUndefined();
    } finally {
      vi.useRealTimers();
    }
  });

  it.each([
    [
      'throws',
      () => {
        throw new Error('down');
      },
    ],
    ['rejects', () => Promise.reject(new Error('down'))],
  ])('are stored without an error when the store %s', (_name, set) => {
    const { store } = memoryStore();
    expect(() => sealed({ ...store, set }).set('token', KEPT, 1)).not.toThrow();
  });
});

describe('the form of an entry', () => {
  // Written out here again: during an update, processes of two releases share a store.
  const context = '\0https://as.example.com\0api';
  const derived = (key: string | Uint8Array, salt: string, use: string) =>
    Buffer.from(hkdfSync('sha256', key, salt, `authly introspection ${use}${context}`, 32));
  const id = derived('token', '', 'id').toString('base64url');

  function anEntry(text: string, { version = 1, aad = id } = {}) {
    const iv = Buffer.alloc(12, 7);
    const key = derived(secret('current'), 'token', 'seal');
    const cipher = createCipheriv('aes-256-gcm', key, iv);
    cipher.setAAD(Buffer.from(aad));
    const parts = [cipher.update(text, 'utf8'), cipher.final()];
    return Buffer.concat([Buffer.of(version), iv, ...parts, cipher.getAuthTag()]);
  }

  const opened = (bytes: Uint8Array) =>
    sealed({ ...memoryStore().store, get: async () => bytes }).get('token');

  it('is the same in all releases: version, nonce, AES-256-GCM, with names and keys by HKDF', async () => {
    const { store, entries } = memoryStore();
    entries.set(id, anEntry(JSON.stringify(KEPT)));
    expect(await sealed(store).get('token')).toEqual(KEPT);
  });

  it.each([
    ['of another version', anEntry(JSON.stringify(KEPT), { version: 2 })],
    ['under another id', anEntry(JSON.stringify(KEPT), { aad: 'another' })],
    ['of nothing', anEntry('')],
    ['that is no JSON', anEntry('{')],
    ['that is cut to its tag', anEntry(JSON.stringify(KEPT)).subarray(0, 29)],
  ])('%s is not read', async (_what, bytes) => {
    expect(await opened(bytes)).toBeUndefined();
  });

  it('is written as it is read', () => {
    const { store, entries } = memoryStore();
    sealed(store).set('token', KEPT, 1);
    const [[name, bytes] = ['', new Uint8Array()]] = entries;
    expect(name).toBe(id);
    expect(bytes[0]).toBe(1);
    expect(bytes).toHaveLength(1 + 12 + JSON.stringify(KEPT).length + 16);
  });
});

it('reading leaves no timer behind, whether the store answers or fails', async () => {
  vi.useFakeTimers();
  try {
    const { store } = memoryStore();
    await sealed(store).get('token');
    await sealed({ ...store, get: () => Promise.reject(new Error('down')) }).get('token');
    expect(vi.getTimerCount()).toBe(0);
  } finally {
    vi.useRealTimers();
  }
});

describe('an outage of the store', () => {
  const FAILED = { type: 'store.failed', store: 'introspection', outcome: 'bypassed' };
  const RECOVERED = { type: 'store.recovered', store: 'introspection' };
  const down = () => Promise.reject(new Error('down'));

  function watched() {
    const { store: working } = memoryStore();
    const store = { ...working };
    const events: AuthEvent[] = [];
    const answers = sealed(store, { events: createEventSink((event) => events.push(event)) });
    const set = async () => {
      answers.set('token', KEPT, 30_000);
      await new Promise((resolve) => setImmediate(resolve));
    };
    return { store, working, events, answers, set };
  }

  it.each<readonly [string, IntrospectionStore['get']]>([
    ['rejects', down],
    ['gives something else than bytes', async () => 'text' as never],
    [
      'throws',
      () => {
        throw new Error('down');
      },
    ],
  ])('causes one event when reading %s, and one when it is over', async (_what, get) => {
    const { store, working, events, answers } = watched();
    await answers.get('token');
    expect(events).toEqual([]);
    store.get = get;
    await answers.get('token');
    await answers.get('token');
    expect(events).toEqual([FAILED]);
    store.get = working.get;
    await answers.get('token');
    await answers.get('token');
    expect(events).toEqual([FAILED, RECOVERED]);
  });

  it.each([undefined, null])('does not begin because the store has %s', async (nothing) => {
    const { store, events, answers } = watched();
    store.get = async () => nothing as undefined;
    expect(await answers.get('token')).toBeUndefined();
    expect(events).toEqual([]);
  });

  it.each<readonly [string, IntrospectionStore['set']]>([
    ['rejects', down],
    [
      'throws',
      () => {
        throw new Error('down');
      },
    ],
  ])('causes one event when writing %s, although reading works', async (_what, fail) => {
    const { store, working, events, answers, set } = watched();
    store.set = fail;
    await set();
    await answers.get('token');
    await set();
    expect(events).toEqual([FAILED]);
    store.set = working.set;
    await set();
    expect(events).toEqual([FAILED, RECOVERED]);
  });

  it('is over when both reading and writing work again', async () => {
    const { store, working, events, answers, set } = watched();
    Object.assign(store, { get: down, set: down });
    await answers.get('token');
    await set();
    store.set = working.set;
    await set();
    expect(events).toEqual([FAILED]);
    store.get = working.get;
    await answers.get('token');
    expect(events).toEqual([FAILED, RECOVERED]);
  });

  it('begins when the store does not answer', async () => {
    vi.useFakeTimers();
    try {
      const { store, events, answers } = watched();
      store.get = () => new Promise(() => {});
      const hanging = answers.get('token');
      await vi.advanceTimersByTimeAsync(250);
      await hanging;
      expect(events).toEqual([FAILED]);
    } finally {
      vi.useRealTimers();
    }
  });
});
