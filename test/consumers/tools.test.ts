import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, inject, it } from 'vitest';
import { run } from '../package/tarballs.ts';

const folder = inject('tools');
const bin = (file: string, ...args: readonly string[]) =>
  run(process.execPath, [join('node_modules', file), ...args], folder);

const SERVED = [
  [200, { user: 'ada' }],
  [403, {}],
  [401, {}],
  [403, {}],
];
const served = async (app: string) =>
  JSON.parse(await run(process.execPath, ['serve.cjs', app], folder));

describe('bundled', () => {
  it.each(['es2022', 'es2015'])('by esbuild for %s, an API answers requests', async (target) => {
    const file = `./esbuild-${target}.cjs`;
    const options = ['--bundle', '--platform=node', '--minify', '--log-level=error'];
    // What a bundler lowers and what it cannot is its own; `bigint` literals are what ours have.
    const supported = target === 'es2015' ? ['--supported:bigint=true'] : [];
    const out = [`--target=${target}`, `--outfile=${file}`, ...supported];
    await run(
      join(folder, 'node_modules/.bin/esbuild'),
      ['commonjs-app.cjs', ...options, ...out],
      folder,
    );
    expect(await served(file)).toEqual(SERVED);
  });

  it('by webpack, as CommonJS, Express and Koa APIs answer requests', async () => {
    const config = {
      target: 'node',
      mode: 'production',
      entry: { express: './commonjs-app.cjs', koa: './koa-app.cjs' },
      output: { path: folder, filename: 'webpack-[name].cjs', library: { type: 'commonjs2' } },
    };
    await writeFile(
      join(folder, 'webpack.config.cjs'),
      `module.exports = ${JSON.stringify(config)}`,
    );
    await run(
      process.execPath,
      [
        '-e',
        `require('webpack')(require('./webpack.config.cjs'), (error, stats) => {
          if (error || stats.hasErrors()) throw error ?? new Error(stats.toString('errors-only'));
        })`,
      ],
      folder,
    );
    expect(await served('./webpack-express.cjs')).toEqual(SERVED);
    expect(await served('./webpack-koa.cjs')).toEqual(SERVED);
  });
});

it('mocha with ts-node runs a test', async () => {
  const options = {
    module: 'commonjs',
    moduleResolution: 'node10',
    target: 'es2015',
    strict: true,
  };
  const compilerOptions = { ...options, lib: ['es2022'], types: ['node', 'mocha'] };
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions }));
  const printed = await bin('mocha/bin/mocha.js', '--require', 'ts-node/register', 'mocha.ts');
  expect(printed).toContain('1 passing');
});

it('every entry point is imported by the applications here, and linted', async () => {
  const listed = "const { commonJs, esmOnly } = require('./entry-points.cjs');";
  const print = `${listed} process.stdout.write(JSON.stringify([...commonJs, ...esmOnly]))`;
  const published: string[] = JSON.parse(await run(process.execPath, ['-e', print], folder));
  const imported = async (...files: readonly string[]) => {
    const texts = await Promise.all(files.map((file) => readFile(join(folder, file), 'utf8')));
    const names = texts.join('').matchAll(/(?:from|import) '(@authly\/[^']+)'/g);
    return [...new Set([...names].map(([, name]) => name))].toSorted();
  };
  expect(published.length).toBeGreaterThanOrEqual(20);
  expect(await imported('imports.mjs')).toEqual(published.toSorted());
  const compiled = await imported('application.ts', 'testing.cts', 'contracts.ts');
  expect(compiled).toEqual(published.toSorted());
});

it('eslint-plugin-import finds the file behind every entry point', async () => {
  await expect(bin('eslint/bin/eslint.js', '-c', 'imports.lint.cjs', 'imports.mjs')).resolves.toBe(
    '',
  );
});
