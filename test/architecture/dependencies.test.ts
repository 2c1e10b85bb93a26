import { describe, expect, it } from 'vitest';
import { packageNames, read, sourceFiles } from './sources.ts';

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

/**
 * Peers that no source imports: the adapter describes the framework structurally, and the peer says
 * which versions it fits (docs/adr/0006).
 */
const STRUCTURAL: Readonly<Record<string, readonly string[]>> = { express: ['express'] };

/** What a package's sources import of other packages, types and augmented modules included. */
function importedBy(name: string): readonly string[] {
  const found = sourceFiles
    .filter(({ path }) => path.startsWith(`packages/${name}/src/`))
    .flatMap(({ code }) => [
      ...code.matchAll(/^(?:(?:import|export)\b[^'\n]*|\} )from '([^']+)';$/gm),
      ...code.matchAll(/^\s*(?:import|declare module) '([^']+)'/gm),
      ...code.matchAll(/\bimport\('([^']+)'\)/g),
    ])
    .map(([, specifier = '']) => specifier)
    .filter((specifier) => !/^(?:\.|node:)/.test(specifier));
  return [...new Set(found.map(packageOf))];
}

function packageOf(specifier: string): string {
  const [scope = '', name = ''] = specifier.split('/');
  return scope.startsWith('@') ? `${scope}/${name}` : scope;
}

describe.each(packageNames)('packages/%s', (name) => {
  it('depends on what its sources import, and on nothing else', () => {
    const manifest = JSON.parse(read(`packages/${name}/package.json`)) as Manifest;
    const listed = Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies });
    const imported = importedBy(name);
    const structural = STRUCTURAL[name] ?? [];
    expect(imported.filter((each) => structural.includes(each))).toEqual([]);
    expect([...imported, ...structural].sort()).toEqual(listed.sort());
  });
});
