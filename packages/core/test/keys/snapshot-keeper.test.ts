import { describe, expect, it } from 'vitest';
import { ISSUER, jwks, NOW } from '../../../../test/support/tokens.ts';
import { createSnapshotKeeper, type SnapshotKeeper } from '../../src/keys/snapshot-keeper.ts';
import { usableKeys } from '../../src/keys/usable-keys.ts';
import type { AuthEvent } from '../../src/model/events.ts';
import type { KeySnapshotStore } from '../../src/stores/key-snapshot-store.ts';

const { keys } = usableKeys(jwks.keys, { maxKeys: 10, uses: ['sig'] });
const now = NOW * 1000;
const snapshot = { version: 1, issuer: ISSUER, fetchedAtMs: now, keys: jwks.keys };

function aKeeper(store: Partial<KeySnapshotStore> | undefined): {
  keeper: SnapshotKeeper;
  outcomes: readonly string[];
} {
  const outcomes: string[] = [];
  const emit = (event: AuthEvent) => {
    if (event.type === 'keys.snapshot') outcomes.push(`${event.outcome} ${event.issuer}`);
  };
  const complete = store && { load: async () => undefined, save: async () => {}, ...store };
  return { keeper: createSnapshotKeeper(ISSUER, complete, { active: true, emit }), outcomes };
}

function aTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

describe('loading', () => {
  it('returns a valid snapshot, and emits no event yet', async () => {
    const { keeper, outcomes } = aKeeper({ load: async () => snapshot });
    expect(await keeper.load(now)).toEqual(snapshot);
    expect(outcomes).toEqual([]);
  });

  it.each([undefined, null])(
    '%o means that there is no snapshot, and causes no event',
    async (stored) => {
      const { keeper, outcomes } = aKeeper({ load: async () => stored });
      expect(await keeper.load(now)).toBeUndefined();
      expect(outcomes).toEqual([]);
    },
  );

  it.each([
    ['text'],
    [7],
    [{}],
    [[]],
    [{ ...snapshot, version: 2 }],
    [{ ...snapshot, issuer: 'x' }],
    [{ ...snapshot, fetchedAtMs: String(now) }],
    [{ ...snapshot, fetchedAtMs: Number.NaN }],
    [{ ...snapshot, keys: {} }],
  ])('%j is refused', async (stored) => {
    const { keeper, outcomes } = aKeeper({ load: async () => stored });
    expect(await keeper.load(now)).toBeUndefined();
    expect(outcomes).toEqual([`refused ${ISSUER}`]);
  });

  it('emits an event for a store that fails, and continues', async () => {
    const { keeper, outcomes } = aKeeper({ load: () => Promise.reject(new Error('down')) });
    expect(await keeper.load(now)).toBeUndefined();
    expect(outcomes).toEqual([`failed ${ISSUER}`]);
  });
});

describe('saving', () => {
  it('saves what was fetched and emits an event, one save after the other', async () => {
    const saved: unknown[] = [];
    const save: KeySnapshotStore['save'] = async (issuer, each) => {
      saved.push([issuer, each.fetchedAtMs]);
    };
    const { keeper, outcomes } = aKeeper({ save });
    keeper.save(keys, now);
    await aTurn();
    keeper.save(keys, now + 1);
    await aTurn();
    expect(saved).toEqual([
      [ISSUER, now],
      [ISSUER, now + 1],
    ]);
    expect(outcomes).toEqual([`saved ${ISSUER}`, `saved ${ISSUER}`]);
  });

  it('saves nothing while a save hangs, and continues after one that failed', async () => {
    let calls = 0;
    let end: (error: Error) => void = () => {};
    const save = () => {
      calls += 1;
      return new Promise<void>((_resolve, reject) => {
        end = reject;
      });
    };
    const { keeper, outcomes } = aKeeper({ save });
    keeper.save(keys, now);
    keeper.save(keys, now);
    expect(calls).toBe(1);
    end(new Error('full'));
    await aTurn();
    expect(outcomes).toEqual([`failed ${ISSUER}`]);
    keeper.save(keys, now);
    expect(calls).toBe(2);
  });
});

describe('without a store', () => {
  it('nothing is saved, and nothing is emitted', async () => {
    const { keeper, outcomes } = aKeeper(undefined);
    keeper.save(keys, now);
    expect(await keeper.load(now)).toBeUndefined();
    expect(outcomes).toEqual([]);
  });
});
