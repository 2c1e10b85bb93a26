import { once } from 'node:events';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isAuthError } from '@authly/core';
import { type TestIssuer, testIssuer } from '@authly/testing';
import supertest from 'supertest';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';

const auth0 = testIssuer({
  issuer: 'https://acme.eu.auth0.com/',
  audience: 'https://api.acme.com',
});
const acme = testIssuer({ issuer: 'https://id.acme.test', audience: 'https://api.acme.com' });
const stranger = testIssuer({ issuer: 'https://id.evil.test', audience: 'https://api.acme.com' });
const microsoft = testIssuer({ audience: 'c0ffee00-1111-4222-8333-444455556666' });
const TEMPLATE = 'https://login.microsoftonline.com/{tenantid}/v2.0';

// The snippets name real providers. Here their addresses are answered in this process.
let up = true;
let asked: string[] = [];
async function answer(input: string | URL | Request): Promise<Response> {
  const url = String(input instanceof Request ? input.url : input);
  asked.push(url);
  if (!up) throw new TypeError('fetch failed');
  if (url === 'https://login.microsoftonline.com/jwks') {
    const keys = microsoft.jwks.keys.map((key) => ({ ...key, issuer: TEMPLATE }));
    return Response.json({ keys });
  }
  if (url.startsWith('https://login.microsoftonline.com/organizations/v2.0/')) {
    const jwks_uri = 'https://login.microsoftonline.com/jwks';
    return Response.json({ issuer: TEMPLATE, jwks_uri });
  }
  const issuer = [auth0, acme].find((each) => url.startsWith(each.issuer));
  if (issuer === undefined) return new Response('', { status: 404 });
  if (url.endsWith('/jwks')) return Response.json(issuer.jwks);
  return Response.json({ issuer: issuer.issuer, jwks_uri: `${issuer.issuer}/jwks` });
}

beforeAll(() => {
  vi.stubGlobal('fetch', answer);
  return () => vi.unstubAllGlobals();
});
beforeEach(() => {
  up = true;
  asked = [];
  vi.resetModules();
});

function auth0User({ aToken }: TestIssuer = auth0): string {
  const claims = { sub: 'auth0|17', azp: 'web-app', sub_type: undefined, client_id: undefined };
  return aToken(claims, { header: { typ: 'JWT' } });
}

async function reasonOf(call: () => unknown): Promise<unknown> {
  try {
    await call();
    return 'accepted';
  } catch (error) {
    return isAuthError(error) ? error.reason : error;
  }
}

it('the snippet for options accepts a token', async () => {
  const { guard } = await import('./snippets/keys/options.ts');
  expect(await reasonOf(() => guard.resourceServer.verify(auth0User()))).toBe('accepted');
});

it('the snippet for probes is ready only with keys, is always alive, and ends', async () => {
  const { createApp } = await import('./snippets/keys/probes.ts');
  const { resourceServer } = await import('./snippets/keys/watching.ts');
  const server = createServer();
  const { app, stop } = createApp(resourceServer, server);
  server.on('request', app).listen(0, '127.0.0.1');
  const api = supertest(server);
  up = false;
  expect((await api.get('/readyz')).status).toBe(503);
  expect((await api.get('/livez')).status).toBe(200);
  up = true;
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 1_000 });
  expect((await api.get('/readyz')).status).toBe(200);
  vi.useRealTimers();
  const closed = once(server, 'close');
  stop();
  await closed;
  asked = [];
  const unknown = auth0.aToken({}, { header: { typ: 'JWT', kid: 'unknown' } });
  expect(await reasonOf(() => resourceServer.verify(auth0User()))).toBe('accepted');
  expect(await reasonOf(() => resourceServer.verify(unknown))).toBe('key_unknown');
  expect(asked).toEqual([]);
});

it('the snippet for events counts a failed refresh by its cause', async () => {
  const { counted, resourceServer } = await import('./snippets/keys/watching.ts');
  up = false;
  expect(await reasonOf(() => resourceServer.ready())).toBe('keys_unavailable');
  expect(counted).toEqual([['keys.refresh_failed', { issuer: auth0.issuer, cause: 'network' }]]);
});

// A bound for a hang: a busy machine takes its time to write a file.
const PATIENT = { timeout: 20_000 };

describe('the snippets for snapshots let a process start while the provider is down', () => {
  afterEach(() => {
    delete process.env['KEY_SNAPSHOTS'];
  });

  it('from files', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'authly-keys-'));
    try {
      process.env['KEY_SNAPSHOTS'] = join(folder, 'keys');
      const before = await import('./snippets/keys/files.ts');
      await before.resourceServer.ready();
      await vi.waitFor(async () => {
        const names = await readdir(join(folder, 'keys'));
        expect(names).toEqual([expect.stringMatching(/^[0-9a-f]{64}\.json$/)]);
        const { mode } = await stat(join(folder, 'keys', names[0] ?? ''));
        expect(mode & 0o777).toBe(0o600);
      }, PATIENT);
      up = false;
      vi.resetModules();
      const after = await import('./snippets/keys/files.ts');
      expect(after.resourceServer).not.toBe(before.resourceServer);
      expect(await reasonOf(() => after.resourceServer.verify(auth0User()))).toBe('accepted');
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('from a store of one’s own', async () => {
    const { redisKeySnapshots } = await import('./snippets/keys/redis.ts');
    const { createResourceServer } = await import('@authly/core');
    const { rfc9068 } = await import('@authly/core/providers');
    const stored = new Map<string, string>();
    const client = {
      get: async (key: string) => stored.get(key) ?? null,
      set: async (key: string, value: string) => stored.set(key, value),
    };
    const aServer = () =>
      createResourceServer({
        issuer: rfc9068(acme.issuer),
        audience: acme.audience,
        keySnapshots: redisKeySnapshots(client),
      });
    await aServer().ready();
    expect([...stored.keys()]).toEqual([`authly:keys:${acme.issuer}`]);
    up = false;
    expect(await reasonOf(() => aServer().verify(acme.aUserToken()))).toBe('accepted');
    stored.clear();
    expect(await reasonOf(() => aServer().verify(acme.aUserToken()))).toBe('keys_unavailable');
  });
});

it('the snippet for tenants accepts tenants in the database, asks no server of a stranger, and reports an outage of the database', async () => {
  const { serverFor } = await import('./snippets/keys/tenants.ts');
  let fault: Error | undefined;
  const server = serverFor({
    async query(_text, [iss]) {
      if (fault !== undefined) throw fault;
      return { rows: iss === acme.issuer ? [{ issuer: acme.issuer }] : [] };
    },
  });
  expect(await reasonOf(() => server.verify(acme.aUserToken()))).toBe('accepted');
  expect(await reasonOf(() => server.verify(stranger.aUserToken()))).toBe('issuer_unknown');
  expect(asked.filter((url) => !url.startsWith(acme.issuer))).toEqual([]);
  fault = new Error('the database is down');
  expect(await reasonOf(() => server.verify(auth0User()))).toBe('issuer_unavailable');
});

it('the snippet for Entra accepts the listed tenants with one set of keys, and no other', async () => {
  const { resourceServer } = await import('./snippets/keys/entra.ts');
  const token = (tid: string) =>
    microsoft.aToken(
      {
        iss: TEMPLATE.replace('{tenantid}', tid),
        ...{ tid, oid: 'o-17', sub: 's-17', azp: 'web', scp: 'read', idtyp: 'user', ver: '2.0' },
        ...{ sub_type: undefined, client_id: undefined },
      },
      { header: { typ: 'JWT' } },
    );
  const tenants = ['8a1f2c34-5b6d-4e7f-9a0b-1c2d3e4f5a6b', '1b2c3d4e-5f60-4a7b-8c9d-0e1f2a3b4c5d'];
  for (const tid of tenants) {
    expect(await reasonOf(() => resourceServer.verify(token(tid)))).toBe('accepted');
  }
  const other = '00000000-5f60-4a7b-8c9d-0e1f2a3b4c5d';
  expect(await reasonOf(() => resourceServer.verify(token(other)))).toBe('issuer_unknown');
  expect(asked).toHaveLength(2);
});

describe('the snippets for providers inside a network', () => {
  it('ask a host of allowHttp over http', async () => {
    const { resourceServer } = await import('./snippets/keys/allow-http.ts');
    await expect(resourceServer.ready()).rejects.toMatchObject({ reason: 'keys_unavailable' });
    expect(asked).toEqual(['http://keycloak:8080/realms/acme/.well-known/openid-configuration']);
  });

  it('accept the public issuer with keys from an internal URL', async () => {
    const { issuer } = await import('./snippets/keys/internal-address.ts');
    expect(issuer).toMatchObject({
      issuer: 'https://sso.acme.com/realms/acme',
      keys: { url: 'http://keycloak:8080/realms/acme/protocol/openid-connect/certs' },
    });
  });

  it('ask the API server of the cluster', async () => {
    const { resourceServer } = await import('./snippets/keys/in-cluster.ts');
    // No pod: the token's file is not there, and nothing is asked for without it.
    await expect(resourceServer.ready()).rejects.toMatchObject({ cause: { code: 'ENOENT' } });
    expect(asked).toEqual([]);
  });
});

it.each([
  ['127.0.0.1'],
  ['10.1.2.3'],
  ['172.20.0.1'],
  ['192.168.0.1'],
  ['169.254.169.254'],
  ['100.100.0.1'],
  ['0.0.0.0'],
  ['[::1]'],
  ['[fd00::1]'],
  ['[fe80::1]'],
  ['[::ffff:127.0.0.1]'],
  ['[64:ff9b::a00:1]'],
  ['[2002:a00:1::]'],
])('the snippet for addresses does not connect to %s', async (host) => {
  const { fetchFromOutside } = await import('./snippets/keys/addresses.ts');
  await expect(fetchFromOutside(`https://${host}:1/`)).rejects.toMatchObject({
    code: 'ERR_ADDRESS_REFUSED',
  });
});
