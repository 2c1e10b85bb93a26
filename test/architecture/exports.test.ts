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

describe.each([...lists])('$path', ({ code }) => {
  it('is a list of named exports and nothing else', () => {
    const statements = code
      .split(/;\s*\n/)
      .map((statement) => statement.trim())
      .filter((statement) => statement !== '');
    const named = /^export (?:type )?\{[^{}]+\} from '[^']+'$/;
    expect(statements.length).toBeGreaterThan(0);
    expect(statements.filter((statement) => !named.test(statement))).toEqual([]);
  });
});

it('no source file has a default export or re-exports everything of another', () => {
  const offenders = sourceFiles.filter(({ code }) => /^export (?:default|\*)/m.test(code));
  expect(offenders.map(({ path }) => path)).toEqual([]);
});
