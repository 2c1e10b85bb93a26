import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packAll, type Tarball, temporaryFolder } from './tarballs.ts';

// Everything that is published, and everything that it brings along. A line more is a decision:
// docs/adr/0003-dependencies.md.
const DEPENDENCIES: Readonly<Record<string, readonly string[]>> = {
  '@authly/core': ['@standard-schema/spec', 'lru-cache', 'oauth4webapi'],
  '@authly/express': ['@authly/core'],
  '@authly/issuer': ['@authly/core', 'jose'],
  '@authly/koa': ['@authly/core'],
  '@authly/mcp': ['@authly/core'],
  '@authly/testing': ['@authly/core', '@authly/issuer'],
};

const PEERS: Readonly<Record<string, readonly string[]>> = {
  '@authly/express': ['express'],
  '@authly/koa': ['koa'],
};

const packages = Object.keys(DEPENDENCIES);

let tarballs: ReadonlyMap<string, Tarball>;
let remove: () => Promise<void>;

beforeAll(async () => {
  const folder = await temporaryFolder();
  remove = folder.remove;
  tarballs = new Map((await packAll(folder.path)).map((tarball) => [tarball.name, tarball]));
}, 60_000);

afterAll(() => remove());

function tarball(name: string): Tarball {
  const found = tarballs.get(name);
  if (found === undefined) throw new Error(`${name} was not packed`);
  return found;
}

it('exactly the packages listed here are published', () => {
  expect([...tarballs.keys()].sort()).toEqual(packages);
});

describe.each(packages)('%s', (name) => {
  it('depends on the packages listed here and no others', () => {
    const { manifest } = tarball(name);
    expect(Object.keys(manifest.dependencies ?? {}).sort()).toEqual(DEPENDENCIES[name]);
    expect(Object.keys(manifest.peerDependencies ?? {})).toEqual(PEERS[name] ?? []);
    expect(manifest.optionalDependencies).toBeUndefined();
  });

  it('asks for versions that a registry understands', () => {
    const { dependencies, peerDependencies } = tarball(name).manifest;
    const ranges = Object.values({ ...dependencies, ...peerDependencies });
    expect(ranges.filter((range) => !/^\^\d/.test(range))).toEqual([]);
  });

  it('runs nothing when it is installed', () => {
    expect(Object.keys(tarball(name).manifest.scripts ?? {})).toEqual([]);
  });

  it('is ESM for Node.js 20.19 and later, under MIT', () => {
    const { engines, license, type } = tarball(name).manifest;
    expect({ engines, license, type }).toEqual({
      engines: { node: '>=20.19' },
      license: 'MIT',
      type: 'module',
    });
  });

  it('holds its build, its sources, its manifest, its readme and its license, nothing else', () => {
    const others = tarball(name).files.filter((file) => !/^(?:dist|src)\//.test(file));
    expect(others).toEqual(['LICENSE', 'README.md', 'package.json']);
  });

  it('holds no tests and no state of the compiler', () => {
    const strays = tarball(name).files.filter((file) =>
      /(?:^|\/)test\/|\.test|tsbuildinfo/.test(file),
    );
    expect(strays).toEqual([]);
  });

  it('holds four built files for each source file, and no leftover of a deleted one', () => {
    const { files } = tarball(name);
    const expected = files
      .filter((file) => file.startsWith('src/'))
      .map((file) => file.replace(/^src\//, 'dist/').replace(/\.ts$/, ''))
      .flatMap((stem) => ['.d.ts', '.d.ts.map', '.js', '.js.map'].map((end) => stem + end));
    expect(files.filter((file) => file.startsWith('dist/'))).toEqual(expected.sort());
  });

  it('has every file that its exports name', () => {
    const { files, manifest } = tarball(name);
    const named = Object.values(manifest.exports).flatMap((target) =>
      typeof target === 'string' ? [target] : Object.values(target as Record<string, string>),
    );
    expect(named.filter((path) => !files.includes(path.replace(/^\.\//, '')))).toEqual([]);
  });

  it('declares types in terms of itself, Node.js, its dependencies and peers alone', async () => {
    const { files, manifest, read } = tarball(name);
    const { dependencies, peerDependencies } = manifest;
    const allowed = new Set(Object.keys({ ...dependencies, ...peerDependencies }));
    const foreign: string[] = [];
    for (const file of files.filter((path) => path.endsWith('.d.ts'))) {
      const named = specifiersOf(await read(file)).filter((path) => !/^(?:\.|node:)/.test(path));
      foreign.push(...named.filter((path) => !allowed.has(packageOf(path))));
    }
    expect(foreign).toEqual([]);
  });
});

/** What a declaration file imports, in whatever form; examples in comments do not count. */
function specifiersOf(declarations: string): readonly string[] {
  const code = declarations.replace(/\/\*[\s\S]*?\*\//g, '');
  const found = code.matchAll(/\b(?:from|import|module|import\()\s*(['"])(.+?)\1/g);
  return [...found].map(([, , specifier = '']) => specifier);
}

function packageOf(specifier: string): string {
  const [scope = '', name = ''] = specifier.split('/');
  return scope.startsWith('@') ? `${scope}/${name}` : scope;
}
