import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TestProject } from 'vitest/node';
import { packAll, run, temporaryFolder } from '../package/tarballs.ts';

// Two applications outside the workspace, installed by npm: one with the oldest frameworks that the peer
// ranges name and every TypeScript of the table, one with the newest frameworks and everybody's tools.

declare module 'vitest' {
  interface ProvidedContext {
    /** Folder of the application with old frameworks. */
    readonly oldest: string;
    /** The packed packages. */
    readonly tarballs: readonly string[];
    /** A folder for more applications. */
    readonly folder: string;
    /** Folder of the application with tools. */
    readonly tools: string;
  }
}

/** By the name that the TypeScript of the table is installed under. */
export const COMPILERS = {
  '5.0': 'npm:typescript@5.0',
  '5.4': 'npm:typescript@5.4',
  '5.9': 'npm:typescript@5.9',
  '6.0': 'npm:typescript@6.0',
  '7.0': 'npm:typescript@7.0',
} as const;

const OLDEST = {
  express: '4.17.1',
  koa: '2.13.0',
  '@koa/router': '^15.7.0',
  '@types/express': '^4.17.21',
  '@types/koa': '^2.15.0',
  '@types/node': '^20.19.0',
  ...Object.fromEntries(
    Object.entries(COMPILERS).map(([version, wanted]) => [`typescript-${version}`, wanted]),
  ),
};

const TOOLS = {
  express: '^5.1.0',
  koa: '^3.0.0',
  '@koa/router': '^15.7.0',
  '@types/express': '^5.0.0',
  '@types/mocha': '^10.0.0',
  '@types/node': '^20.19.0',
  '@babel/core': '^7.28.0',
  '@babel/preset-env': '^7.28.0',
  '@swc/core': '^1.13.0',
  '@swc/jest': '^0.2.39',
  esbuild: '^0.28.0',
  eslint: '^9.30.0',
  'eslint-plugin-import': '^2.32.0',
  'jest-29': 'npm:jest@29',
  'jest-30': 'npm:jest@30',
  mocha: '^11.7.0',
  'ts-jest': '^29.4.0',
  'ts-node': '^10.9.2',
  typescript: '~5.9.0',
  webpack: '^5.100.0',
};

let remove: () => Promise<void> = async () => {};

export async function setup(project: TestProject): Promise<void> {
  const folder = await temporaryFolder();
  remove = folder.remove;
  const { path } = folder;
  const tarballs = await packAll(path);
  project.provide(
    'tarballs',
    tarballs.map(({ path: file }) => file),
  );
  project.provide('folder', path);
  const packed = Object.fromEntries(tarballs.map(({ name, path: file }) => [name, `file:${file}`]));
  const install = async (name: 'oldest' | 'tools', dependencies: object) => {
    const folder = join(path, name);
    await mkdir(folder);
    await cp(fileURLToPath(new URL('applications', import.meta.url)), folder, { recursive: true });
    await writeForms(folder);
    const manifest = { private: true, dependencies: { ...packed, ...dependencies } };
    await writeFile(join(folder, 'package.json'), JSON.stringify(manifest));
    await run('npm', ['install', '--no-audit', '--no-fund'], folder);
    project.provide(name, folder);
  };
  await Promise.all([install('oldest', OLDEST), install('tools', TOOLS)]);
}

export async function teardown(): Promise<void> {
  await remove();
}

/** The same application for each way of compiling: the ending tells TypeScript the form. */
async function writeForms(folder: string): Promise<void> {
  const required = await readFile(join(folder, 'application.ts'), 'utf8');
  const imported = required.replaceAll(
    /^import (\w+) = require\('(\w+)'\);$/gm,
    "import $1 from '$2';",
  );
  await writeFile(join(folder, 'application.cts'), required);
  await writeFile(join(folder, 'application.mts'), imported);
  await writeFile(join(folder, 'application.esm.ts'), imported);
}
