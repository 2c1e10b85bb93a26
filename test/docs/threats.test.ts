import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const ROOT = new URL('../../', import.meta.url);
const text = readFileSync(new URL('docs/threats.md', ROOT), 'utf8');
const rows = text.split('\n').filter((line) => /^\| (?:\d+|–) \|/.test(line));
const cellsOf = (row: string) => row.split(' | ');

it('the table of threats names only tests that exist', () => {
  const named = rows.flatMap((row) =>
    [...(cellsOf(row).at(-1) ?? '').matchAll(/`([\w/.-]+)`/g)].map(([, name = '']) => name),
  );
  const isThere = (name: string) =>
    [name, `${name}.test.ts`, `test/security/${name}.test.ts`].some((path) =>
      existsSync(new URL(path, ROOT)),
    );
  expect(named.length).toBeGreaterThan(rows.length - 1);
  expect(named.filter((name) => !isThere(name))).toEqual([]);
});

it('the table of threats names every file of attacks', () => {
  const files = readdirSync(new URL('test/security', ROOT)).filter((name) =>
    name.endsWith('.test.ts'),
  );
  const missing = files.filter((name) => !text.includes(`\`${name.replace('.test.ts', '')}\``));
  expect(missing).toEqual([]);
});

it('the table of threats is numbered from 1 without a gap', () => {
  const numbers = rows.map((row) => Number(/\d+/.exec(cellsOf(row)[0] ?? '')?.[0])).filter(Boolean);
  expect(numbers).toEqual(numbers.map((_, index) => index + 1));
});
