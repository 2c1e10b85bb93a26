import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/** The repository's root. */
export const ROOT: string = fileURLToPath(new URL('../..', import.meta.url));

/** What a test of the tarballs reads of a packed `package.json`. */
export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly type?: string;
  readonly license?: string;
  readonly engines?: Readonly<Record<string, string>>;
  readonly main?: string;
  readonly types?: string;
  readonly exports: Readonly<Record<string, unknown>>;
  readonly scripts?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

/** A package as it would be published. */
export interface Tarball {
  readonly name: string;
  readonly path: string;
  /** The paths of its files, without the leading `package/`. */
  readonly files: readonly string[];
  readonly manifest: Manifest;
  /** The text of one of its files. */
  readonly read: (file: string) => Promise<string>;
}

const execute = promisify(execFile);

/** Runs a program to its end and returns what it printed; rejects with its output when it fails. */
export async function run(
  program: string,
  args: readonly string[],
  cwd: string = ROOT,
): Promise<string> {
  // Settings of the package manager that runs the tests are not the scratch project's.
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^p?npm_/i.test(name)),
  );
  try {
    const { stdout } = await execute(program, args, { cwd, env, maxBuffer: 64 * 1024 * 1024 });
    return stdout;
  } catch (cause) {
    const { stdout = '', stderr = '' } = cause as { stdout?: string; stderr?: string };
    throw new Error(`${program} ${args.join(' ')}\n${stdout}${stderr}`, { cause });
  }
}

/** A temporary folder outside the workspace; `remove` deletes it with everything in it. */
export async function temporaryFolder(): Promise<{ path: string; remove: () => Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'authly-package-'));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}

/** Packs every published package of the workspace into `folder`. Needs `dist`: `pnpm build`. */
export async function packAll(folder: string): Promise<readonly Tarball[]> {
  const output = await pnpm([
    ...['-r', '--filter', './packages/*'],
    ...['pack', '--json', '--pack-destination', folder],
  ]);
  const packed = JSON.parse(output) as readonly { readonly name: string; filename: string }[];
  return Promise.all(packed.map(({ name, filename }) => unpack(name, filename, folder)));
}

async function unpack(name: string, path: string, folder: string): Promise<Tarball> {
  const listing = await run('tar', ['-tzf', path]);
  const files = listing
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.replace(/^package\//, ''))
    .sort();
  const unpacked = await mkdtemp(join(folder, 'unpacked-'));
  await run('tar', ['-xzf', path, '-C', unpacked]);
  const read = (file: string) => readFile(join(unpacked, 'package', file), 'utf8');
  const manifest = JSON.parse(await read('package.json')) as Manifest;
  return { name, path, files, manifest, read };
}

async function pnpm(args: readonly string[]): Promise<string> {
  try {
    return await run('pnpm', args);
  } catch (error) {
    // Under `npx vitest` there is no pnpm on the path; under `npx pnpm test` there is.
    if (error instanceof Error && isNotFound(error.cause)) return run('npx', ['pnpm', ...args]);
    throw error;
  }
}

function isNotFound(cause: unknown): boolean {
  return cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
}
