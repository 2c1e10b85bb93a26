// #region store
import {
  createRevocations,
  markStops,
  REVOCATION_KINDS,
  type RevocationMark,
  type Revocations,
  type RevocationsOptions,
  revocationIdsOf,
} from '@authly/core';

interface Table {
  /** Inserts the mark, or where its id is there takes the later of both times, in one statement. */
  upsert(mark: RevocationMark): Promise<RevocationMark>;
  /** Rows with one of these ids whose time is not over. */
  find(ids: readonly string[]): Promise<readonly RevocationMark[]>;
  remove(id: string): Promise<boolean>;
  all(): Promise<readonly RevocationMark[]>;
}

function tableRevocations(table: Table, options?: RevocationsOptions): Revocations {
  return createRevocations(
    'tableRevocations()',
    {
      keep: async (mark) => await table.upsert(mark),
      drop: async ({ id }) => await table.remove(id),
      list: async () => await table.all(),
      async isRevoked(token) {
        const ids = revocationIdsOf(token);
        const marks = await table.find(REVOCATION_KINDS.flatMap((kind) => ids.of(kind)));
        return marks.some((mark) => markStops(mark, token));
      },
    },
    options,
  );
}

// #endregion

export { type Table, tableRevocations };
