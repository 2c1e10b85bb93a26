import type { Clock } from '@authly/core';
// #region contract
import { fakeClock } from '@authly/testing';
import { revocationStoreContract } from '@authly/testing/contracts';
import { describe, it } from 'vitest';
import { type Table, tableRevocations } from './store.ts';

describe('our store of revocations', () => {
  const cases = revocationStoreContract((settings) => {
    const clock = fakeClock();
    const table = aTable(clock);
    return {
      revocations: tableRevocations(table, { ...settings, clock }),
      other: tableRevocations(table, { ...settings, clock }),
      clock,
      advance: (ms) => clock.advance(ms),
    };
  });
  for (const { name, run } of cases) it(name, run);
});
// #endregion

function aTable(clock: Clock): Table {
  const rows = new Map<string, Awaited<ReturnType<Table['upsert']>>>();
  const live = () => [...rows.values()].filter((row) => row.keptUntil * 1_000 > clock.now());
  return {
    async upsert(mark) {
      const known = rows.get(mark.id) ?? mark;
      const row = {
        ...mark,
        issuedBefore: mark.issuedBefore && Math.max(mark.issuedBefore, known.issuedBefore ?? 0),
        keptUntil: Math.max(mark.keptUntil, known.keptUntil),
      };
      rows.set(mark.id, row);
      return row;
    },
    find: async (ids) => live().filter(({ id }) => ids.includes(id)),
    remove: async (id) => rows.delete(id),
    all: async () => live(),
  };
}
