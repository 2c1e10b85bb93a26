import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createResourceServer } from '@authly/core';
import { authly } from '@authly/core/providers';
import { mount } from '@authly/express';
import {
  createIssuer,
  generateSigningKey,
  memoryClientStore,
  type SigningJwk,
} from '@authly/issuer';
import { fakeClock } from '@authly/testing';
import express from 'express';
import { decodeJwt } from 'jose';
import supertest from 'supertest';
import { afterAll, describe, expect, it } from 'vitest';
import {
  type ClientRow,
  type Database,
  databaseClients,
  endOldSecret,
  newSecret,
} from './snippets/issuer/client-database.ts';
import { client, secret } from './snippets/issuer/clients.ts';
import { secret as firstSecret, app as firstTry } from './snippets/issuer/first-try.ts';
import { makeKey, readKeys } from './snippets/issuer/keys.ts';
import { tokenRoute } from './snippets/issuer/user-token.ts';

const text = readFileSync(new URL('../../docs/issuer.md', import.meta.url), 'utf8');

const issuer = createIssuer({
  issuer: 'https://auth.acme.com',
  keys: [await generateSigningKey('ES256')],
  clients: memoryClientStore([client]),
});
const app = express()
  .use(mount(issuer.handler))
  .get(
    '/mine',
    tokenRoute(issuer, () => 'ada'),
  );

const ask = (form: Readonly<Record<string, string>>) =>
  supertest(app)
    .post('/token')
    .type('form')
    .send({ grant_type: 'client_credentials', ...form });

describe('docs/issuer.md', () => {
  it('begins with one process that gives a machine a token and accepts it', async () => {
    const granted = await supertest(firstTry)
      .post('/token')
      .auth('nightly-sync', firstSecret)
      .type('form')
      .send({ grant_type: 'client_credentials' });
    const { status, body } = await supertest(firstTry)
      .get('/users')
      .auth(granted.body.access_token, { type: 'bearer' });
    expect([status, body]).toEqual([200, { kind: 'client', clientId: 'nightly-sync' }]);
    expect(text).toContain(`\`${JSON.stringify(body)}\``);
    expect((await supertest(firstTry).get('/users')).status).toBe(401);
  });

  it('is right about the client: both methods, a default audience, and another one by resource', async () => {
    const posted = { client_id: client.clientId, client_secret: secret };
    const byPost = await ask(posted);
    const byBasic = await ask({ resource: 'https://users.acme.com' }).auth(client.clientId, secret);
    expect([byPost, byBasic].map(({ body }) => decodeJwt(body.access_token).aud)).toEqual([
      'https://orders.acme.com',
      'https://users.acme.com',
    ]);
    expect(byPost.body.scope).toBe('read:orders read:users');
    expect((await ask({ ...posted, scope: 'admin' })).body.error).toBe('invalid_scope');
  });

  it('is right about users: the access token is sent only if it is read by its name', async () => {
    const { body } = await supertest(app).get('/mine').expect(200);
    expect(decodeJwt(body.access_token)).toMatchObject({ sub: 'acme|ada', sub_type: 'user' });
    const token = await issuer.userToken({
      identity: { provider: 'acme', externalId: 'ada' },
      clientId: 'web-app',
      audience: 'https://orders.acme.com',
      scopes: [],
    });
    expect(JSON.stringify(token)).not.toContain(token.accessToken);
  });

  it('is right about the metadata', () => {
    const rows = [...text.matchAll(/^\| `(\w+)` \| (?:`(\[.*?\])`|the algorithms)/gm)];
    const metadata: Readonly<Record<string, unknown>> = { ...issuer.metadata() };
    expect(rows.map(([, member = '']) => metadata[member])).toEqual(
      rows.map(([, , value]) => (value === undefined ? ['ES256'] : JSON.parse(value))),
    );
    expect(rows).toHaveLength(4);
  });
});

describe('the keys of docs/issuer.md', () => {
  const folder = mkdtempSync(join(tmpdir(), 'authly-keys-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  it('are made once, and only the issuer may read them', async () => {
    const file = join(folder, 'key.json');
    await makeKey(file);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    await expect(makeKey(file)).rejects.toThrow('EEXIST');
    const [key] = await readKeys([file]);
    expect(key).toMatchObject({ alg: 'ES256', d: expect.any(String) });
  });

  it('are rotated in three steps without one token refused, and the third withdraws the old one', async () => {
    const files = ['old.json', 'next.json'].map((name) => join(folder, name));
    await Promise.all(files.map(makeKey));
    const [old, next] = await readKeys(files);
    if (old === undefined || next === undefined) throw new Error('no keys');
    const clock = fakeClock();
    let published = step([old]);
    const server = createResourceServer({
      issuer: authly('https://auth.acme.com'),
      audience: 'https://orders.acme.com',
      clock,
      fetch: async (url) =>
        String(url).endsWith('/jwks')
          ? Response.json(published.jwks(), { headers: { 'cache-control': 'max-age=300' } })
          : Response.json(published.metadata()),
    });

    async function mint(): Promise<string> {
      const request = {
        clientId: 'nightly-sync',
        audience: 'https://orders.acme.com',
        scopes: [],
      };
      return (await published.clientToken(request)).accessToken;
    }

    function step(keys: readonly SigningJwk[]) {
      return createIssuer({
        issuer: 'https://auth.acme.com',
        keys,
        clients: memoryClientStore([client]),
        clock,
      });
    }

    const tokenOfOld = await mint();
    await server.verify(tokenOfOld);
    published = step([old, next]);
    await server.verify(await mint());
    // What the page says to wait: until `/jwks` is fetched again.
    clock.advance(301_000);
    await server.verify(await mint());
    published = step([next, old]);
    const tokenOfNext = await mint();
    await server.verify(tokenOfNext);
    await server.verify(tokenOfOld);
    published = step([next]);
    clock.advance(301_000);
    await server.ready();
    await server.verify(await mint());
    await expect(server.verify(tokenOfOld)).rejects.toMatchObject({ code: 'invalid_token' });
    server.close();
  });
});

describe('the client database of docs/issuer.md', () => {
  it('finds a client, and has two valid secrets while one is changed', async () => {
    const { database, rows } = aDatabase();
    const api = express().use(
      mount(
        createIssuer({
          issuer: 'https://auth.acme.com',
          keys: [await generateSigningKey('ES256')],
          clients: databaseClients(database),
        }).handler,
      ),
    );
    const statusOf = async (id: string, password: string) => {
      const request = supertest(api).post('/token').type('form').auth(id, password);
      return (await request.send({ grant_type: 'client_credentials' })).status;
    };
    const first = await newSecret(database, 'sync');
    expect(await statusOf('sync', first)).toBe(200);
    expect(await statusOf('Sync', first)).toBe(401);
    const second = await newSecret(database, 'sync');
    expect([await statusOf('sync', first), await statusOf('sync', second)]).toEqual([200, 200]);
    await endOldSecret(database, 'sync');
    expect([await statusOf('sync', first), await statusOf('sync', second)]).toEqual([401, 200]);
    expect(rows[0]?.secret_hashes).toHaveLength(1);
  });
});

/** One table, and PostgreSQL's reading of the three statements of the page. */
function aDatabase(): { readonly database: Database; readonly rows: readonly ClientRow[] } {
  const rows: ClientRow[] = [
    {
      client_id: 'sync',
      secret_hashes: [],
      scopes: ['read:orders'],
      audiences: ['https://orders.acme.com'],
    },
  ];
  const database: Database = {
    async query(statement, [id, hash]) {
      const found = rows.filter((row) => row.client_id === id);
      for (const row of found) {
        const [newest] = row.secret_hashes;
        if (statement.includes('array[$2, secret_hashes[1]]'))
          row.secret_hashes = [hash, newest].filter((value) => typeof value === 'string');
        if (statement.includes('secret_hashes[1:1]'))
          row.secret_hashes = row.secret_hashes.slice(0, 1);
      }
      return { rows: found };
    },
  };
  return { database, rows };
}
