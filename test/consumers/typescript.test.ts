import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, inject, it } from 'vitest';
import { run } from '../package/tarballs.ts';
import { COMPILERS } from './installed.ts';
import { SETTINGS, type Settings } from './typescript-settings.ts';

const folder = inject('oldest');
const versions = Object.keys(COMPILERS);

/** Compiles the application, declarations of libraries included; resolves with the errors. */
async function errorsOf(version: string, options: object, file: string): Promise<string> {
  const config = join(folder, `tsconfig.${crypto.randomUUID()}.json`);
  const always = { strict: true, noEmit: true, types: ['node'], target: 'es2022' };
  const compilerOptions = { ...always, ...options };
  await writeFile(config, JSON.stringify({ compilerOptions, files: [file] }));
  const tsc = join(folder, 'node_modules', `typescript-${version}`, 'bin/tsc');
  return run(process.execPath, [tsc, '-p', config], folder).catch(({ message }) => message);
}

/** The application in the form that the settings compile. */
function fileFor({ form, module }: Settings): string {
  if (form === 'ESM') return module.startsWith('node') ? 'application.mts' : 'application.esm.ts';
  return module.startsWith('node') ? 'application.cts' : 'application.ts';
}

describe.each(SETTINGS)('$form: module $module, moduleResolution $moduleResolution', (settings) => {
  const { module, moduleResolution, from, to, beside } = settings;
  const tried = versions.slice(versions.indexOf(from), versions.indexOf(to) + 1);
  it.each(tried)('TypeScript %s finds every entry point, with its types', async (version) => {
    const options = { module, moduleResolution, esModuleInterop: true, ...beside?.[version] };
    expect(await errorsOf(version, options, fileFor(settings))).toBe('');
  });
});

it.each(['5.0', '6.0'])(
  'TypeScript %s also compiles it without esModuleInterop',
  async (version) => {
    const beside = version === '6.0' ? { ignoreDeprecations: '6.0' } : {};
    const options = { module: 'commonjs', moduleResolution: 'node10', esModuleInterop: false };
    expect(await errorsOf(version, { ...options, ...beside }, 'application.ts')).toBe('');
  },
);

it.each(['5.0', '6.0'])(
  'TypeScript %s finds the contracts of the testing package with node10, too',
  async (version) => {
    const beside = version === '6.0' ? { ignoreDeprecations: '6.0' } : {};
    const options = { module: 'commonjs', moduleResolution: 'node10', ...beside };
    expect(await errorsOf(version, options, 'contracts.ts')).toBe('');
  },
);

it.each(['5.9', '6.0', '7.0'])(
  'TypeScript %s with nodenext finds, from a CommonJS file, the packages that are ESM only',
  async (version) => {
    const options = { module: 'nodenext', moduleResolution: 'nodenext' };
    expect(await errorsOf(version, options, 'testing.cts')).toBe('');
  },
);

it('the documentation lists these settings', async () => {
  const text = await readFile(
    new URL('../../docs/typescript-and-tests.md', import.meta.url),
    'utf8',
  );
  const rows = text.split('\n').filter((line) => /^\| (?:CommonJS|ESM) \|/.test(line));
  expect(rows).toEqual(
    SETTINGS.map(
      ({ form, module, moduleResolution, from, to }) =>
        `| ${form} | \`${module}\` | \`${moduleResolution}\` | ${from} to ${to} |`,
    ),
  );
});
