import { describe, expect, it } from 'vitest';
import { packageNames, read, type SourceFile, sourceFiles } from './sources.ts';

interface Manifest {
  readonly exports: Readonly<Record<string, string | Readonly<Record<string, string>>>>;
}

/** The files that a package's `exports` lead to: whatever stands in them is public. */
const entryPoints: readonly SourceFile[] = packageNames.flatMap((name) => {
  const manifest = JSON.parse(read(`packages/${name}/package.json`)) as Manifest;
  const sources = Object.values(manifest.exports)
    .flatMap((target) => (typeof target === 'string' ? [] : [target['@authly/source']]))
    .map((target) => `packages/${name}/${target?.replace(/^\.\//, '')}`);
  return sourceFiles.filter(({ path }) => sources.includes(path));
});

const indexes = sourceFiles.filter(({ path }) => path.endsWith('/index.ts'));

const lists = new Set([...entryPoints, ...indexes]);

/** Adapters export all of core again, so that new names and declaration merging come with it. */
const handsOnWhole = (path: string) =>
  /^packages\/(?:express|koa)\/src\/(?:index|no-global|providers)\.ts$/.test(path);

describe.each([...lists])('$path', ({ path, code }) => {
  it('is a list of exports and nothing else, each by name outside the adapters', () => {
    const statements = code
      .split(/;\s*\n/)
      .map((statement) => statement.trim())
      .filter((statement) => statement !== '');
    const named = handsOnWhole(path)
      ? /^export (?:type )?(?:\*|\{[^{}]+\}) from '[^']+'$/
      : /^export (?:type )?\{[^{}]+\} from '[^']+'$/;
    expect(statements.length).toBeGreaterThan(0);
    expect(statements.filter((statement) => !named.test(statement))).toEqual([]);
  });
});

it('no source file has a default export', () => {
  const offenders = sourceFiles.filter(({ code }) => /^export default/m.test(code));
  expect(offenders.map(({ path }) => path)).toEqual([]);
});

it('only the indexes and presets of the adapters re-export everything of another file', () => {
  const wholesale = sourceFiles.filter(({ code }) => /^export (?:type )?\*/m.test(code));
  expect(wholesale.map(({ path }) => path)).toEqual([
    'packages/express/src/index.ts',
    'packages/express/src/no-global.ts',
    'packages/express/src/providers.ts',
    'packages/koa/src/index.ts',
    'packages/koa/src/providers.ts',
  ]);
});
