import { memoryReplayStore, type ReplayStore } from '@authly/core';
import { fakeClock } from '@authly/testing';
import { type ReplayStoreUnderTest, replayStoreContract } from '@authly/testing/contracts';
import { describe, expect, it } from 'vitest';

function inMemory(): ReplayStoreUnderTest {
  const clock = fakeClock();
  return { store: memoryReplayStore({ clock }), advance: (ms) => clock.advance(ms) };
}

describe('the contract', () => {
  for (const { name, run } of replayStoreContract(inMemory)) it(`in memory: ${name}`, run);

  it('closes the stores that it opened, also when a case fails', async () => {
    let closed = 0;
    const open = () => ({
      ...inMemory(),
      close() {
        closed += 1;
      },
    });
    const cases = replayStoreContract(open);
    for (const { run } of cases) await run();
    expect(closed).toBe(cases.length);
  });
});

/** Wrong stores. Each accepts a proof twice or refuses a good one, in its own way. */
const WRONG: Readonly<Record<string, () => ReplayStoreUnderTest>> = {
  'says yes to everybody': () => over(() => () => true),
  'says no to everybody': () => over(() => () => false),
  'looks first and writes later': () =>
    over(() => {
      const known = new Set<string>();
      return async (id) => {
        const isFirst = !known.has(id);
        await Promise.resolve();
        known.add(id);
        return isFirst;
      };
    }),
  'ignores the time that it is given': () => {
    const clock = fakeClock();
    const inner = memoryReplayStore({ clock });
    const store: ReplayStore = {
      reserve: (id, options) => inner.reserve(id, { ...options, ttlMs: 500 }),
    };
    return { store, advance: (ms) => clock.advance(ms) };
  },
  'keeps what it has for ever': () =>
    over(() => {
      const known = new Set<string>();
      return (id) => !known.has(id) && Boolean(known.add(id));
    }),
  'prolongs what is asked for again': () => {
    const clock = fakeClock();
    const until = new Map<string, number>();
    return {
      store: {
        reserve(id, { ttlMs }) {
          const isFirst = (until.get(id) ?? 0) <= clock.now();
          until.set(id, clock.now() + ttlMs);
          return isFirst;
        },
      },
      advance: (ms) => clock.advance(ms),
    };
  },
  'looks at half of an id': () =>
    over(() => {
      const inner = memoryReplayStore();
      return (id, options) => inner.reserve(id.slice(0, 20), options);
    }),
  'does not tell capitals apart': () =>
    over(() => {
      const inner = memoryReplayStore();
      return (id, options) => inner.reserve(id.toLowerCase(), options);
    }),
  'keeps the ids of each holder apart': () =>
    over(() => {
      const inner = memoryReplayStore();
      return (id, options) => inner.reserve(`${options.holder}${id}`, options);
    }),
  "answers by the server's own words": () =>
    over(() => {
      const inner = memoryReplayStore();
      const reserve = (...given: Parameters<ReplayStore['reserve']>): unknown =>
        inner.reserve(...given) ? 'OK' : null;
      return reserve as ReplayStore['reserve'];
    }),
};

function over(make: () => ReplayStore['reserve']): ReplayStoreUnderTest {
  return { store: { reserve: make() }, advance() {} };
}

describe.each(Object.entries(WRONG))('a store that %s', (_what, open) => {
  it('fails at least one case', async () => {
    const outcomes = await Promise.allSettled(replayStoreContract(open).map(({ run }) => run()));
    expect(outcomes.some(({ status }) => status === 'rejected')).toBe(true);
  });
});
