import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, inject, it } from 'vitest';
import { run } from '../package/tarballs.ts';

const folder = inject('tools');
const jest = (version: string, config: string, ...args: readonly string[]) =>
  run(
    process.execPath,
    [join('node_modules', `jest-${version}`, 'bin/jest.js'), '-c', config, ...args],
    folder,
  );

/** The lines that `docs/typescript-and-tests.md` says to write. */
async function documented(): Promise<string> {
  const text = await readFile(
    new URL('../../docs/typescript-and-tests.md', import.meta.url),
    'utf8',
  );
  const [, lines] = /^ {2}(transformIgnorePatterns: .*)$/m.exec(text) ?? [];
  return lines ?? expect.unreachable('the documentation has no transformIgnorePatterns');
}

const TRANSFORMS = {
  'babel-jest': '',
  '@swc/jest':
    "transform: { '^.+\\\\.[cm]?[jt]s$': ['@swc/jest', { module: { type: 'commonjs' } }] },",
  'ts-jest':
    "transform: { '^.+\\\\.[cm]?[jt]s$': ['ts-jest', { tsconfig: { allowJs: true, module: 'commonjs', isolatedModules: true } }] },",
};

describe.each(['29', '30'])('Jest %s', (version) => {
  it('loads every package that has a CommonJS form, without special settings', async () => {
    await expect(jest(version, 'jest.config.cjs', 'jest-plain')).resolves.toBeDefined();
  });

  it.each(Object.entries(TRANSFORMS))(
    'loads and uses every package by the documented lines, with %s',
    async (name, transform) => {
      const config = `jest.${name.replace('/', '-')}.${version}.cjs`;
      const text = `module.exports = { testEnvironment: 'node', testMatch: ['**/jest-*.test.cjs'], ${transform}\n${await documented()} };`;
      await writeFile(join(folder, config), text);
      await expect(jest(version, config)).resolves.toBeDefined();
    },
  );
});
