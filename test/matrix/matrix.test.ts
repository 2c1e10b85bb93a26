import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { COLUMNS, evidence, PRESETS } from './evidence.ts';
import { LIVE_RUNS } from './live-runs.ts';
import { matrixDocument } from './matrix-document.ts';
import { WEEKLY_RUNS } from './weekly-runs.ts';

const all = evidence();
const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

describe('the matrix of providers', () => {
  it('is what docs/provider-matrix.md is made of', () => {
    // If the page is out of date, run: npx pnpm --filter @authly-test/behaviour provider-matrix
    expect(read('docs/provider-matrix.md')).toBe(matrixDocument(all));
  });

  it('has entries for every preset, and for nothing else', () => {
    const known = new Set(all.map(({ preset }) => preset));
    expect([...known].toSorted()).toEqual(PRESETS.map(({ preset }) => preset).toSorted());
  });

  it('names the software and its version for every entry that is not only documented', () => {
    for (const { level, preset, software } of all) {
      expect([preset, level === 'documentation']).toEqual([preset, software === undefined]);
    }
  });

  it('shows nothing better than documentation if no server was run', () => {
    const text = matrixDocument(all.filter(({ level }) => level === 'documentation'));
    expect(
      text
        .split('\n')
        .filter((line) => /^\| \[/.test(line))
        .join(''),
    ).not.toMatch(/live|weekly|recorded/);
  });

  it('shows the best level that is known for a cell', () => {
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
  it.each(LIVE_RUNS)('of $preset, $column, names a test that exists', ({ file, test }) => {
    expect(read(file)).toMatch(/\b(?:it|describe)\b/);
    expect(read(file)).toContain(test);
  });
});

describe('a weekly run', () => {
  it.each(WEEKLY_RUNS)('of $name has a command, and its checks exist', ({ name, checks }) => {
    for (const [file, check] of Object.values(checks)) {
      expect([file, read(`test/counterparts/${file}`)]).toEqual([
        file,
        expect.stringContaining(check),
      ]);
    }
    expect(Object.keys(checks)).not.toEqual([]);
    expect(read(`test/counterparts/names/${name}.ts`)).toContain('counterpart');
  });

  it.each(WEEKLY_RUNS)('of $name is in the workflow, and its version is on the page', (run) => {
    expect(read('.github/workflows/counterparts.yml')).toContain(`- ${run.name}\n`);
    const [, version = 'no version'] = run.software.split(' ');
    const row = new RegExp(`^\\| \\[\`${run.name}\`\\]\\(#${run.name}\\) .*$`, 'm');
    expect(row.exec(read('docs/counterparts.md'))?.[0]).toContain(version);
  });
});
