import { readFileSync } from 'node:fs';
import { mount } from '@authly/express';
import { createIssuer, generateSigningKey, memoryClientStore } from '@authly/issuer';
import express from 'express';
import { decodeJwt } from 'jose';
import supertest from 'supertest';
import { describe, expect, it } from 'vitest';
import { client, secret } from './snippets/issuer/clients.ts';
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
  it('is right about the client: either method, a default audience, another by resource', async () => {
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

  it('is right about users: the token is sent where it is named, and nowhere else', async () => {
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
