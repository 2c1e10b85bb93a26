import { readdirSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { inject, it } from 'vitest';
import { ROOT, run } from '../package/tarballs.ts';

// The quickstart starts other examples of the repository, so it cannot be copied out of it.
const copied = readdirSync(join(ROOT, 'examples'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && entry.name !== 'quickstart')
  .map(({ name }) => name);

it.each(copied)(
  'npm installs and compiles a copy of examples/%s outside of the repository',
  async (name) => {
    const copy = join(inject('folder'), name);
    const isOwn = (path: string) => !/[/\\](?:node_modules|dist)(?:[/\\]|$)/.test(path);
    await cp(join(ROOT, 'examples', name), copy, { recursive: true, filter: isOwn });
    const install = ['install', '--no-save', '--no-audit', '--no-fund'];
    await run('npm', [...install, ...inject('tarballs')], copy);
    await run('npm', ['run', 'check'], copy);
  },
);
