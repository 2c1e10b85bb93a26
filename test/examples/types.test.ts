import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

// These two declare the claims of their tokens, which holds for a whole program: each is one of its own.
it.each(['express-api', 'koa-api'])(
  'examples/%s type-checks with its registered claims',
  async (name) => {
    const manifest = createRequire(import.meta.url).resolve('typescript/package.json');
    const { stdout } = await promisify(execFile)(process.execPath, [
      join(dirname(manifest), 'bin', 'tsc'),
      '--build',
      fileURLToPath(new URL(`../../examples/${name}`, import.meta.url)),
    ]).catch((error: { readonly stdout: string }) => error);
    expect(stdout).toBe('');
  },
  60_000,
);
