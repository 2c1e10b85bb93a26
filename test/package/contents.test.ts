import { posix } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Manifest, packAll, type Tarball, temporaryFolder } from './tarballs.ts';

const { dirname, join } = posix;

// Everything that is published, and everything that it brings along. A line more is a decision:
// docs/adr/0003-dependencies.md.
const DEPENDENCIES: Readonly<Record<string, readonly string[]>> = {
  '@authly/client': ['@authly/core', 'lru-cache', 'undici'],
  '@authly/core': ['@standard-schema/spec', 'lru-cache', 'oauth4webapi'],
  '@authly/express': ['@authly/core'],
  '@authly/issuer': ['@authly/core', 'jose'],
  '@authly/koa': ['@authly/core'],
  '@authly/mcp': ['@authly/core'],
  '@authly/redis': ['@authly/core'],
  '@authly/signals': ['@authly/core'],
  '@authly/testing': ['@authly/core', '@authly/issuer', '@peculiar/x509', 'reflect-metadata'],
};

/** Those that an application may `require()` without Node's help: jose is ESM only, and so are the others. */
const WITH_COMMONJS: ReadonlySet<string> = new Set([
  '@authly/client',
  '@authly/core',
  '@authly/express',
  '@authly/koa',
  '@authly/mcp',
  '@authly/redis',
  '@authly/signals',
]);

/** docs/adr/0027-one-file-an-entry-point.md */
const MOST_FILES = 16;

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

  it('names dependency versions as caret ranges', () => {
    const { dependencies, peerDependencies } = tarball(name).manifest;
    const ranges = Object.values({ ...dependencies, ...peerDependencies });
    expect(ranges.filter((range) => !/^\^\d/.test(range))).toEqual([]);
  });

  it('has no scripts, so installing it runs nothing', () => {
    expect(Object.keys(tarball(name).manifest.scripts ?? {})).toEqual([]);
  });

  it('requires a Node.js that has all it needs, is an ES module and has the MIT license', () => {
    const { engines, license, type } = tarball(name).manifest;
    expect({ engines, license, type }).toEqual({
      engines: { node: '^20.19.0 || >=22.12.0' },
      license: 'MIT',
      type: 'module',
    });
  });

  it('holds its build, its sources, its manifest, its readme and its license, nothing else', () => {
    const { files, manifest } = tarball(name);
    const others = files.filter((file) => !/^(?:dist|src)\//.test(file));
    // What knows no `exports` finds an entry point by a folder of its name.
    const folders = entriesOf(manifest).map((entry) => `${entry}/package.json`);
    expect(others).toEqual(['LICENSE', 'README.md', ...folders, 'package.json'].sort());
  });

  it('contains no tests and no state of the compiler', () => {
    const strays = tarball(name).files.filter((file) =>
      /(?:^|\/)test\/|\.test|tsbuildinfo/.test(file),
    );
    expect(strays).toEqual([]);
  });

  it('contains exactly the declarations of its source files, in each form', () => {
    const { files } = tarball(name);
    const forms = WITH_COMMONJS.has(name) ? ['dist', 'dist/cjs'] : ['dist'];
    const expected = files
      .filter((file) => file.startsWith('src/'))
      .map((file) => file.replace(/^src\//, '').replace(/\.ts$/, ''))
      .flatMap((stem) =>
        forms.flatMap((form) => [`${form}/${stem}.d.ts`, `${form}/${stem}.d.ts.map`]),
      );
    expect(files.filter((file) => /\.d\.ts(?:\.map)?$/.test(file))).toEqual(expected.sort());
  });

  it('contains exactly the code that its entry points load', async () => {
    const { files, manifest, read } = tarball(name);
    const reached = new Set<string>();
    for (const file of codeOf(manifest)) {
      for (const each of await reachedFrom(file, read)) {
        reached.add(each);
        // A file that only re-exports another package has no lines to which a map could lead.
        if ((await read(each)).includes('\n//# sourceMappingURL=')) reached.add(`${each}.map`);
      }
    }
    const manifests = WITH_COMMONJS.has(name) ? ['dist/cjs/package.json'] : [];
    const built = files.filter((file) => file.startsWith('dist/') && !file.includes('.d.ts'));
    expect(built).toEqual([...reached, ...manifests].sort());
  });

  it('has every file that its manifests name', async () => {
    const { files, manifest, read } = tarball(name);
    const { main, types } = manifest;
    const named = [...targetsOf(manifest.exports), main ?? '', types ?? ''];
    for (const file of files.filter((path) => /^[^/]+\/package\.json$/.test(path))) {
      const folder: Readonly<Record<string, string>> = JSON.parse(await read(file));
      named.push(...Object.values(folder).map((path) => join(dirname(file), path)));
    }
    expect(named.filter((path) => !files.includes(path.replace(/^\.\//, '')))).toEqual([]);
  });

  it('has the source condition first, and types before code, in each form', () => {
    const { manifest } = tarball(name);
    for (const entry of ['.', ...entriesOf(manifest).map((each) => `./${each}`)]) {
      const target = manifest.exports[entry] as Record<string, unknown>;
      const forms = WITH_COMMONJS.has(name) ? ['import', 'require'] : ['types', 'default'];
      expect(Object.keys(target)).toEqual(['@authly/source', ...forms]);
      for (const form of Object.values(target)) {
        if (typeof form === 'object') expect(Object.keys(form ?? {})).toEqual(['types', 'default']);
      }
    }
  });

  it('loads at most a few files for each entry point, because each costs time at the start', async () => {
    const { manifest, read } = tarball(name);
    for (const file of codeOf(manifest)) {
      expect((await reachedFrom(file, read)).size, file).toBeLessThanOrEqual(MOST_FILES);
    }
  });

  it('leaves import() of other packages as it is in CommonJS, where require() would not load ESM everywhere', async () => {
    const { files, read } = tarball(name);
    for (const file of files.filter((path) => /^dist\/cjs\/.*\.js$/.test(path))) {
      expect(await read(file)).not.toMatch(/\.then\(\(\) => .*\brequire\("[^."]/);
    }
  });

  it('has source maps that lead to its sources', async () => {
    const { files, read } = tarball(name);
    const lost: string[] = [];
    for (const file of files.filter((path) => path.endsWith('.map'))) {
      const { sources }: { readonly sources: readonly string[] } = JSON.parse(await read(file));
      const missing = sources.filter((source) => !files.includes(join(dirname(file), source)));
      if (missing.length > 0) lost.push(file);
    }
    expect(lost).toEqual([]);
  });

  it('has declarations that import only from itself, Node.js, its dependencies and peers', async () => {
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

/** Its entry points but the main one: `providers`. */
function entriesOf({ exports }: Manifest): readonly string[] {
  return Object.keys(exports)
    .filter((path) => path !== '.' && path !== './package.json')
    .map((path) => path.slice(2));
}

/** The files that `exports` lead to, under whatever conditions. */
function targetsOf(target: unknown): readonly string[] {
  return typeof target === 'string'
    ? [target]
    : Object.values(target as Readonly<Record<string, unknown>>).flatMap(targetsOf);
}

/** What a declaration file imports, in whatever form; examples in comments do not count. */
function specifiersOf(declarations: string): readonly string[] {
  const code = declarations.replace(/\/\*[\s\S]*?\*\//g, '');
  const found = code.matchAll(/\b(?:from|import|module|import\()\s*(['"])(.+?)\1/g);
  return [...found].map(([, , specifier = '']) => specifier);
}

/** The files of code that `exports` lead to. */
function codeOf({ exports }: Manifest): readonly string[] {
  return targetsOf(exports)
    .filter((path) => path.endsWith('.js'))
    .map((path) => join(path));
}

/** A file of code, and every other one that it loads, at once or later. */
async function reachedFrom(first: string, read: Tarball['read']): Promise<ReadonlySet<string>> {
  const reached = new Set([first]);
  for (const file of reached) {
    for (const path of loadedBy(await read(file))) reached.add(join(dirname(file), path));
  }
  return reached;
}

/** What built code loads of its own package, at its start or later. */
function loadedBy(code: string): readonly string[] {
  const found = code.matchAll(/(?:\bfrom |^import |\b(?:require|import)\()"(\.[^"\n]+)"/gm);
  return [...found].map(([, path = '']) => path);
}

function packageOf(specifier: string): string {
  const [scope = '', name = ''] = specifier.split('/');
  return scope.startsWith('@') ? `${scope}/${name}` : scope;
}
