import { cp, mkdir, readFile, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type ListeningTestIssuer, testIssuer } from '@authly/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packAll, ROOT, run, temporaryFolder } from '../package/tarballs.ts';
import { thirdPartyPackages } from '../package/third-party.ts';
import { runExample } from './child.ts';

// Each example, but the quickstart, which runs others, is copied out of the repository, with the packed
// packages and what the registry has of the rest. `pnpm check:consumers` installs them by npm.

const EXAMPLES = [
  'cluster',
  'dpop-api',
  'express-api',
  'koa-api',
  'machine-client',
  'mcp-express',
  'mcp-koa',
  'mtls-api',
  'signals-api',
  'socket-io',
  'sockets',
  'service-chain',
] as const;

let folder: string;
let remove: () => Promise<void>;
let issuer: ListeningTestIssuer;

beforeAll(async () => {
  const temporary = await temporaryFolder();
  folder = temporary.path;
  remove = temporary.remove;
  issuer = await testIssuer({ scopes: ['read:orders'] }).listen();
  const tarballs = await packAll(folder);
  // Found from every copy, since they stand below this folder.
  const shared = join(folder, 'node_modules');
  for (const { name, path } of tarballs) {
    await mkdir(join(shared, name), { recursive: true });
    await run('tar', ['-xzf', path, '-C', join(shared, name), '--strip-components', '1']);
  }
  for (const [name, installed] of await thirdPartyPackages()) {
    await link(installed, join(shared, name));
  }
  await Promise.all(EXAMPLES.map(copyOut));
}, 120_000);

afterAll(async () => {
  await issuer.close();
  await remove();
});

async function copyOut(name: string): Promise<void> {
  const [source, copy] = [join(ROOT, 'examples', name), join(folder, name)];
  const isOwn = (path: string) => !/[/\\](?:node_modules|dist)(?:[/\\]|$)/.test(path);
  await cp(source, copy, { recursive: true, filter: isOwn });
  for (const dependency of await dependenciesOf(name)) {
    if (dependency.startsWith('@authly/')) continue;
    await link(join(source, 'node_modules', dependency), join(copy, 'node_modules', dependency));
  }
}

async function link(target: string, path: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await symlink(target, path, 'junction');
}

async function manifestOf(name: string): Promise<Record<string, Record<string, string>>> {
  return JSON.parse(await readFile(join(ROOT, 'examples', name, 'package.json'), 'utf8'));
}

async function dependenciesOf(name: string): Promise<readonly string[]> {
  const { dependencies, devDependencies } = await manifestOf(name);
  return Object.keys({ ...dependencies, ...devDependencies });
}

describe.each(EXAMPLES)('examples/%s, copied out', (name) => {
  it('names versions as caret ranges, and our packages at the present version', async () => {
    const { dependencies, devDependencies } = await manifestOf(name);
    const { version } = JSON.parse(
      await readFile(join(ROOT, 'packages/core/package.json'), 'utf8'),
    );
    for (const [dependency, range] of Object.entries({ ...dependencies, ...devDependencies })) {
      if (dependency.startsWith('@authly')) {
        expect([dependency, range]).toEqual([expect.stringMatching(/^@authly\//), `^${version}`]);
      } else expect(range).toMatch(/^\^\d+\.\d+\.\d+$/);
    }
  });

  it('compiles with its own settings', async () => {
    const copy = join(folder, name);
    const tsc = join(copy, 'node_modules/typescript/bin/tsc');
    await expect(run(process.execPath, [tsc], copy)).resolves.toBe('');
  }, 60_000);
});

describe('copied out', () => {
  it.each(['express-api', 'koa-api'])(
    '%s serves the machine client',
    async (name) => {
      const { issuer: ISSUER, audience: AUDIENCE, client } = issuer;
      const api = runExample(join(folder, name), { env: { ISSUER, AUDIENCE, PORT: '0' } });
      const [, port] = await api.printed(/port: (\d+)/);
      const env = {
        ISSUER,
        CLIENT_ID: client.clientId,
        CLIENT_SECRET: client.clientSecret,
        API_RESOURCE: AUDIENCE,
        API_URL: `http://127.0.0.1:${port}`,
      };
      const { exitCode, stdout } = await runExample(join(folder, 'machine-client'), { env }).ended;
      expect([exitCode, stdout]).toEqual([0, '200 []\n']);
    },
    60_000,
  );

  it('service-chain shows who acts for whom', async () => {
    const { exitCode, stdout } = await runExample(join(folder, 'service-chain')).ended;
    expect(exitCode).toBe(0);
    expect(stdout).toContain('ledger:  user ada, through billing-api, before it orders-api');
  }, 60_000);

  it.each(['mcp-express', 'mcp-koa'])(
    '%s shows who may do what',
    async (name) => {
      const { exitCode, stdout } = await runExample(join(folder, name)).ended;
      expect(exitCode).toBe(0);
      expect(stdout).toContain('user "ada":');
    },
    60_000,
  );
});
