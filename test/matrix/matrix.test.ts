import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { COLUMNS, evidence, PRESETS } from './evidence.ts';
import { LIVE_RUNS } from './live-runs.ts';
import { matrixDocument } from './matrix-document.ts';

const all = evidence();
const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

describe('the matrix of providers', () => {
  it('is what docs/provider-matrix.md is made of', () => {
    // Stale? npx pnpm --filter @authly-test/behaviour provider-matrix
    expect(read('docs/provider-matrix.md')).toBe(matrixDocument(all));
  });

  it('knows something of each preset, and nothing of others', () => {
    const known = new Set(all.map(({ preset }) => preset));
    expect([...known].toSorted()).toEqual(PRESETS.map(({ preset }) => preset).toSorted());
  });

  it('calls nothing recorded or live without the name and the version of the server', () => {
    for (const { level, preset, software } of all) {
      expect([preset, level === 'documentation']).toEqual([preset, software === undefined]);
    }
  });

  it('calls a cell documented where no server was run', () => {
    const text = matrixDocument(all.filter(({ level }) => level === 'documentation'));
    expect(
      text
        .split('\n')
        .filter((line) => /^\| \[/.test(line))
        .join(''),
    ).not.toMatch(/live|recorded/);
  });

  it('takes the best that is known of a cell', () => {
    const row = (preset: string) =>
      matrixDocument(all)
        .split('\n')
        .find((line) => line.startsWith(`| [\`${preset}\`]`));
    expect(row('oidcProvider')).toMatch(
      /^\S+ \S+ \| \*\*live\*\* \| \*\*live\*\* \| \*\*live\*\* \| recorded /,
    );
    expect(row('kinde')).toMatch(/^\S+ \S+ \| documentation \|( – \|){6}$/);
    expect(COLUMNS).toHaveLength(6);
  });
});

describe('a live run', () => {
  it.each(LIVE_RUNS)('of $preset, $column, is that of a test which is there', ({ file, test }) => {
    expect(read(file)).toMatch(/\b(?:it|describe)\b/);
    expect(read(file)).toContain(test);
  });
});
