import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, inject, it } from 'vitest';
import { run } from '../package/tarballs.ts';

const SERVED = [
  [200, { user: 'ada' }],
  [403, {}],
  [401, {}],
  [403, {}],
];

async function installed(folder: string, name: string): Promise<string> {
  const { version } = JSON.parse(
    await readFile(join(folder, 'node_modules', name, 'package.json'), 'utf8'),
  );
  return version;
}

describe.each([
  ['oldest', { express: /^4\.17\.1$/, koa: /^2\.13\.0$/ }],
  ['tools', { express: /^5\./, koa: /^3\./ }],
] as const)('the %s frameworks that the peer ranges name', (name, { express, koa }) => {
  const folder = inject(name);

  it('are installed once, in the version that the application wants', async () => {
    expect(await installed(folder, 'express')).toMatch(express);
    expect(await installed(folder, 'koa')).toMatch(koa);
    const copies = await run('npm', ['ls', '--parseable', 'express', 'koa'], folder);
    expect(copies.match(/[/\\]node_modules[/\\](?:express|koa)$/gm)).toHaveLength(2);
  });

  it.each(['commonjs-app.cjs', 'koa-app.cjs'])('serve an API: %s', async (app) => {
    const printed = await run(process.execPath, ['serve.cjs', `./${app}`], folder);
    expect(JSON.parse(printed)).toEqual(SERVED);
  });
});
