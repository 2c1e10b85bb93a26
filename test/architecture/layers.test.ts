import { posix } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type SourceFile, sourceFiles } from './sources.ts';

/**
 * The folders and loose files of `packages/core/src`, lowest first. Each may import itself and those
 * above it in this list, types included: a type that points the other way is a circle, too.
 */
const LAYERS: readonly string[] = [
  'model',
  'lib',
  'token',
  'signature',
  'stores',
  'keys',
  'providers',
  'introspection',
  'issuers',
  'requirement',
  'routes',
  'http',
  'request',
  'binding',
  'revocation',
  'lease',
  'pipeline',
  'options',
  'resource-server.ts',
  'create-resource-server.ts',
  'adapter',
  'index.ts',
  'client.ts',
  'jwt.ts',
  'node.ts',
];

const CORE = 'packages/core/src/';
const coreFiles = sourceFiles.filter(({ path }) => path.startsWith(CORE));

/** Files that a file imports or re-exports, types included. */
function importsOf({ path, code }: SourceFile): readonly string[] {
  const specifiers = [...code.matchAll(/(?:\bfrom|\bimport\(?)\s*'(\.[^']*)'/g)];
  return specifiers.map(([, specifier = '']) => posix.join(posix.dirname(path), specifier));
}

function layerOf(path: string): string {
  return path.slice(CORE.length).split('/')[0] ?? '';
}

function rankOf(path: string): number {
  return LAYERS.indexOf(layerOf(path));
}

describe('the folders of core', () => {
  it('are exactly those in the list', () => {
    const found = [...new Set(coreFiles.map(({ path }) => layerOf(path)))];
    expect(found.sort()).toEqual([...LAYERS].sort());
  });

  it('import themselves and the folders before them, types included', () => {
    const upward = coreFiles.flatMap((file) =>
      importsOf(file)
        .filter((target) => rankOf(target) > rankOf(file.path))
        .map((target) => `${file.path} → ${target}`),
    );
    expect(upward).toEqual([]);
  });

  it('resolve every relative import to a file of core, so that the rule covers all of them', () => {
    const known = new Set(coreFiles.map(({ path }) => path));
    const unknown = coreFiles.flatMap((file) =>
      importsOf(file).filter((target) => !known.has(target)),
    );
    expect(unknown).toEqual([]);
  });
});

describe('the files of core', () => {
  it('have no circular imports, including types', () => {
    const byPath = new Map(coreFiles.map((file) => [file.path, importsOf(file)]));
    const done = new Set<string>();
    const circles: string[] = [];
    function walk(path: string, trail: readonly string[]): void {
      if (trail.includes(path))
        circles.push([...trail.slice(trail.indexOf(path)), path].join(' → '));
      else if (!done.has(path)) {
        for (const target of byPath.get(path) ?? []) walk(target, [...trail, path]);
        done.add(path);
      }
    }
    for (const { path } of coreFiles) walk(path, []);
    expect(circles).toEqual([]);
  });
});
