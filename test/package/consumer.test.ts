import { cp, mkdir, mkdtemp, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packAll, ROOT, run, type Tarball, temporaryFolder } from './tarballs.ts';
import { thirdPartyPackages } from './third-party.ts';

// A project outside the workspace, with the tarballs installed the way npm installs them. What they
// depend on comes from the workspace's own node_modules, so that nothing is downloaded.

const FIXTURES = fileURLToPath(new URL('fixtures', import.meta.url));

/** What the application brings along itself. */
const APPLICATION: Readonly<Record<string, string>> = {
  '@types/express': 'test',
  '@types/koa': 'test',
  express: 'test',
  koa: 'test',
  zod: 'test',
};

let scratch: string;
/** The same, without Express, Koa and their types. */
let bare: string;
let entryPoints: readonly string[];
let remove: () => Promise<void>;

beforeAll(async () => {
  const folder = await temporaryFolder();
  remove = folder.remove;
  const tarballs = await packAll(folder.path);
  entryPoints = tarballs.flatMap(entryPointsOf);
  scratch = join(folder.path, 'scratch');
  await cp(FIXTURES, scratch, { recursive: true });
  await install(tarballs, folder.path);
  await link('@types/node', '.', scratch);
  bare = join(folder.path, 'bare');
  await cp(scratch, bare, { recursive: true, verbatimSymlinks: true });
  for (const [name, owner] of Object.entries(APPLICATION)) await link(name, owner, scratch);
}, 120_000);

afterAll(() => remove());

describe('the packed packages, installed outside the workspace', () => {
  it('give the same names to import and to require(), at every entry point', async () => {
    expect(entryPoints.length).toBeGreaterThan(0);
    const imported = JSON.parse(await node('import.js', ...entryPoints));
    const required = JSON.parse(await node('require.cjs', ...entryPoints));
    expect(Object.keys(imported)).toEqual(entryPoints);
    expect(required).toEqual(imported);
    const empty = entryPoints.filter((entryPoint) => imported[entryPoint].length === 0);
    expect(empty).toEqual([]);
  });

  it('share their state between import and require(), although the code is loaded twice', async () => {
    const found = {
      copies: 'two',
      express: { user: 'ada', accessor: 'ada', token: true, allowed: 'passed', refused: 403 },
      koa: { client: 'nightly-sync', status: 403, own: true },
      errors: { auth: true, form: true },
      events: ['config.duplicate_resource_server'],
      mcp: 'ada',
      testing: 'ada',
    };
    expect(JSON.parse(await node('both-forms.cjs'))).toEqual({
      'required to imported': found,
      'imported to required': found,
    });
  });

  it('verify signatures on a second thread under load, after require() too', async () => {
    expect(JSON.parse(await node('under-load.cjs'))).toEqual({ good: 500, isAsExpected: true });
  });

  it('guard an Express and a Koa application that runs on the builds', async () => {
    expect(JSON.parse(await node('serve.js'))).toEqual({
      express: { user: 200, client: 403, nobody: 401 },
      koa: { user: 200, client: 403, nobody: 401 },
    });
  }, 30_000);

  it.each(['express.ts', 'express-cjs.cts', 'koa.ts'])(
    'type-check in an application with registered claims: %s',
    async (file) => {
      await expect(typeCheck(file, scratch)).resolves.toBeUndefined();
    },
    60_000,
  );

  // node16 knows no require() of ESM: no declaration of the CommonJS form may need one.
  it('type-check in CommonJS with node16, which finds no ESM among their declarations', async () => {
    const node16 = { module: 'node16', moduleResolution: 'node16' };
    await expect(typeCheck('express-cjs.cts', scratch, node16)).resolves.toBeUndefined();
  }, 60_000);

  it('type-check where neither framework nor its types are installed', async () => {
    await expect(typeCheck('without-framework-types.ts', bare)).resolves.toBeUndefined();
  }, 60_000);
});

/**
 * `@authly/core`, `@authly/core/providers`: the entry points in `exports`, without the manifest.
 */
function entryPointsOf({ name, manifest }: Tarball): readonly string[] {
  return Object.keys(manifest.exports)
    .filter((path) => path !== './package.json')
    .map((path) => name + path.slice(1));
}

async function install(tarballs: readonly Tarball[], folder: string): Promise<void> {
  const packed = tarballs.map(({ name, path }) => [name, `file:${path}`] as const);
  const repacked = [...(await thirdPartyPackages())].map(
    async ([name, installed]) => [name, `file:${await repack(installed, folder)}`] as const,
  );
  const dependencies = Object.fromEntries([...packed, ...(await Promise.all(repacked))]);
  // `$name` asks for the version that the project itself depends on.
  const overrides = Object.fromEntries(Object.keys(dependencies).map((name) => [name, `$${name}`]));
  const manifest = { private: true, type: 'module', dependencies, overrides };
  await writeFile(join(scratch, 'package.json'), JSON.stringify(manifest));
  await run('npm', ['install', '--offline', '--legacy-peer-deps', '--no-audit'], scratch);
}

async function link(name: string, owner: string, project: string): Promise<void> {
  const target = join(project, 'node_modules', name);
  await mkdir(dirname(target), { recursive: true });
  await symlink(join(ROOT, owner, 'node_modules', name), target, 'junction');
}

/** A tarball of a package that the workspace has installed; npm would build one from a folder. */
async function repack(installed: string, folder: string): Promise<string> {
  const copy = await mkdtemp(join(folder, 'repacked-'));
  await cp(installed, join(copy, 'package'), { recursive: true });
  const path = join(copy, 'package.tgz');
  await run('tar', ['-czf', path, '-C', copy, 'package']);
  return path;
}

function node(file: string, ...args: readonly string[]): Promise<string> {
  return run(process.execPath, ['--no-warnings', join(scratch, file), ...args], scratch);
}

/** Compiles one file of a project, declarations of libraries included; rejects with the errors. */
async function typeCheck(
  file: string,
  project: string,
  compilerOptions: object = {},
): Promise<void> {
  const config = join(project, `tsconfig.${file}.json`);
  await writeFile(
    config,
    JSON.stringify({ extends: './tsconfig.json', compilerOptions, files: [file] }),
  );
  const typescript = dirname(createRequire(import.meta.url).resolve('typescript/package.json'));
  await run(process.execPath, [join(typescript, 'bin/tsc'), '-p', config], project);
}
