import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const text = readFileSync(new URL('../../../docs/migrating.md', import.meta.url), 'utf8');

/** What shows that a row is true: it runs the other library and ours, and compares what clients see. */
export type Row = () => Promise<void> | void;

/**
 * Holds the tables of one library in docs/migrating.md to the tests of their rows. A row is known by its
 * first cell. A row without a test fails, and so does a test without a row.
 */
export function describeTable(library: string, rows: Readonly<Record<string, Row>>): void {
  describe(`the tables of ${library} in docs/migrating.md`, () => {
    const written = firstCells(library);

    it('have a test for each row, and no other', () => {
      expect(Object.keys(rows).toSorted()).toEqual(written.toSorted());
    });

    it.each(Object.entries(rows))('%s', async (_, row) => {
      await row();
    });
  });
}

function firstCells(library: string): readonly string[] {
  const [, section = ''] = text.split(`\n## ${library}\n`);
  const [own = ''] = section.split('\n## ');
  return own
    .split('\n')
    .filter((line) => line.startsWith('| ') && !line.startsWith('| theirs'))
    .map((line) => line.split(' | ')[0]?.slice('| '.length) ?? '');
}
