import type { IntrospectionStore } from '@authly/core';
import { fakeClock } from '@authly/testing';
import {
  type IntrospectionStoreUnderTest,
  introspectionStoreContract,
} from '@authly/testing/contracts';
import { describe, expect, it } from 'vitest';

interface Entry {
  readonly bytes: Uint8Array;
  readonly untilMs: number;
}

/** A store in a Map. A test makes one part of it wrong. */
function inMap(wrong: (store: IntrospectionStore) => Partial<IntrospectionStore> = () => ({})) {
  return (): IntrospectionStoreUnderTest => {
    const clock = fakeClock();
    const entries = new Map<string, Entry>();
    const store: IntrospectionStore = {
      async get(id) {
        const entry = entries.get(id);
        return entry !== undefined && entry.untilMs > clock.now() ? entry.bytes : undefined;
      },
      async set(id, bytes, ttlMs) {
        entries.set(id, { bytes, untilMs: clock.now() + ttlMs });
      },
    };
    return { store: { ...store, ...wrong(store) }, advance: (ms) => clock.advance(ms) };
  };
}

describe('the contract', () => {
  for (const { name, run } of introspectionStoreContract(inMap())) it(`in a Map: ${name}`, run);

  it('does not fail because of the random ids that it makes', async () => {
    for (let count = 0; count < 500; count++) {
      for (const { name, run } of introspectionStoreContract(inMap())) {
        if (name.includes('ids apart')) await run();
      }
    }
  });

  it('accepts null for nothing, as clients of databases return it', async () => {
    const open = inMap(({ get }) => ({ get: async (id) => (await get(id)) ?? null }));
    for (const { run } of introspectionStoreContract(open)) await run();
  });

  it('closes the stores that it opened, also when a case fails', async () => {
    let closed = 0;
    const open = () => ({
      ...inMap(() => ({ get: async () => undefined }))(),
      close() {
        closed += 1;
      },
    });
    const cases = introspectionStoreContract(open);
    await Promise.allSettled(cases.map(({ run }) => run()));
    expect(closed).toBe(cases.length);
  });
});

/** Wrong stores. Each loses answers, mixes them up or keeps them too long, in its own way. */
const WRONG: Readonly<Record<string, () => IntrospectionStoreUnderTest>> = {
  'keeps nothing': inMap(() => ({ get: async () => undefined })),
  'keeps bytes as text': inMap(({ get }) => ({
    async get(id) {
      const bytes = await get(id);
      return bytes && Buffer.from(new TextDecoder().decode(bytes));
    },
  })),
  'gives text': inMap(({ get }) => ({
    get: async (id) => Buffer.from((await get(id)) ?? []).toString('base64') as never,
  })),
  'keeps the whole buffer behind the bytes': inMap(({ set }) => ({
    set: (id, bytes, ttlMs) => set(id, new Uint8Array(bytes.buffer), ttlMs),
  })),
  'keeps what was given first': inMap(({ get, set }) => ({
    async set(id, bytes, ttlMs) {
      if ((await get(id)) === undefined) await set(id, bytes, ttlMs);
    },
  })),
  'cuts what is large': inMap(({ set }) => ({
    set: (id, bytes, ttlMs) => set(id, bytes.subarray(0, 65_536), ttlMs),
  })),
  'looks at a part of an id': inMap(({ get, set }) => ({
    get: (id) => get(id.slice(0, 42)),
    set: (id, bytes, ttlMs) => set(id.slice(0, 42), bytes, ttlMs),
  })),
  'does not tell capitals apart': inMap(({ get, set }) => ({
    get: (id) => get(id.toLowerCase()),
    set: (id, bytes, ttlMs) => set(id.toLowerCase(), bytes, ttlMs),
  })),
  'keeps what it has for ever': inMap(({ set }) => ({
    set: (id, bytes) => set(id, bytes, Number.POSITIVE_INFINITY),
  })),
  'has one time for everything': inMap(({ set }) => ({
    set: (id, bytes) => set(id, bytes, 3_000),
  })),
  'takes milliseconds for seconds': inMap(({ set }) => ({
    set: (id, bytes, ttlMs) => set(id, bytes, ttlMs * 1_000),
  })),
  'wants whole milliseconds': inMap(({ set }) => ({
    async set(id, bytes, ttlMs) {
      if (!Number.isInteger(ttlMs)) throw new Error('ERR value is not an integer');
      await set(id, bytes, ttlMs);
    },
  })),
};

describe.each(Object.entries(WRONG))('a store that %s', (_what, open) => {
  it('fails at least one case', async () => {
    const cases = introspectionStoreContract(open);
    const outcomes = await Promise.allSettled(cases.map(({ run }) => run()));
    expect(outcomes.some(({ status }) => status === 'rejected')).toBe(true);
  });
});

describe('two stores that do not share', () => {
  it('fail exactly one case', async () => {
    const open = () => ({ ...inMap()(), other: inMap()().store });
    const outcomes = await Promise.allSettled(
      introspectionStoreContract(open).map(({ run }) => run()),
    );
    expect(outcomes.filter(({ status }) => status === 'rejected')).toHaveLength(1);
  });
});
