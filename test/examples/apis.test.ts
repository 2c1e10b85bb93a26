import type { RequestListener } from 'node:http';
import { authly } from '@authly/core/providers';
import { testIssuer } from '@authly/testing';
import { type AppOptions, createApp as createExpressApi } from '@authly-examples/express-api';
import { createApp as createKoaApi } from '@authly-examples/koa-api';
import supertest from 'supertest';
import { describe, expect, it } from 'vitest';

const issuer = testIssuer();
const { aClientToken, aUserToken, audience } = issuer;
const preset = authly({ issuer: issuer.issuer, jwks: issuer.jwks });

type Options = Partial<AppOptions>;

const examples: readonly { name: string; create: (options: Options) => RequestListener }[] = [
  {
    name: 'examples/express-api',
    create: (options) => createExpressApi({ issuer: preset, audience, ...options }),
  },
  {
    name: 'examples/koa-api',
    create: (options) => createKoaApi({ issuer: preset, audience, ...options }).callback(),
  },
];

const user = (claims: object = {}) => aUserToken({ sub: 'u-17', scope: 'read:orders', ...claims });
const machine = (claims: object = {}) => aClientToken({ scope: 'read:orders', ...claims });

describe.each(examples)('$name', ({ create }) => {
  it('says who the user is, with the tenant that the claims schema reads', async () => {
    const token = user({ tenant_id: 'acme' });
    const { status, body } = await supertest(create({})).get('/me').auth(token, { type: 'bearer' });
    expect(status).toBe(200);
    expect(body).toEqual({ user: 'u-17', via: 'web-app', tenant: 'acme', scopes: ['read:orders'] });
  });

  it.each(['/me', '/orders/mine'])(
    'refuses a machine at %s, by a guard or by userOf',
    async (path) => {
      const response = await supertest(create({})).get(path).auth(machine(), { type: 'bearer' });
      expect(response.status).toBe(403);
      expect(response.headers).not.toHaveProperty('www-authenticate');
      expect(response.body).toEqual({
        error: 'forbidden',
        error_description: 'Only a user may do this',
      });
    },
  );

  it('refuses claims that the schema does not accept, and tells the reason to the operator only', async () => {
    const reasons: unknown[] = [];
    const app = create({
      onEvent: (event) => {
        if (event.type === 'request.refused') reasons.push(event.reason);
      },
    });
    const token = user({ tenant_id: 7 });
    const response = await supertest(app).get('/me').auth(token, { type: 'bearer' });
    expect(response.status).toBe(401);
    expect(response.headers['www-authenticate']).toContain('error="invalid_token"');
    expect(reasons).toEqual(['claims_rejected']);
  });

  it('shows users their own orders, and machines all orders', async () => {
    const api = supertest(create({}));
    const writer = (sub: string) => user({ sub, scope: 'read:orders write:orders' });
    for (const sub of ['u-17', 'u-18', 'u-17']) {
      await api.post('/orders').auth(writer(sub), { type: 'bearer' }).expect(201);
    }
    const seenBy = async (token: string) => {
      const { body } = await api.get('/orders').auth(token, { type: 'bearer' }).expect(200);
      return (body as { id: number }[]).map(({ id }) => id);
    };
    expect(await seenBy(user({ sub: 'u-17' }))).toEqual([1, 3]);
    expect(await seenBy(user({ sub: 'u-18' }))).toEqual([2]);
    expect(await seenBy(user({ sub: 'nightly-sync' }))).toEqual([]);
    expect(await seenBy(machine())).toEqual([1, 2, 3]);
  });

  it('refuses an order without a token, from a machine, and without the scope', async () => {
    const api = supertest(create({}));
    const nobody = await api.post('/orders');
    expect([nobody.status, nobody.headers['www-authenticate']]).toEqual([
      401,
      'Bearer realm="api"',
    ]);
    const byMachine = await api
      .post('/orders')
      .auth(machine({ scope: 'write:orders' }), { type: 'bearer' });
    expect([byMachine.status, byMachine.headers['www-authenticate']]).toEqual([403, undefined]);
    const reader = await api.post('/orders').auth(user(), { type: 'bearer' });
    expect(reader.status).toBe(403);
    expect(reader.headers['www-authenticate']).toContain('scope="write:orders"');
  });

  it('lets one client export, and no other and no user', async () => {
    const exportBy = (token: string) =>
      supertest(create({})).post('/export').auth(token, { type: 'bearer' });
    expect((await exportBy(machine())).status).toBe(202);
    expect((await exportBy(machine({ client_id: 'reports' }))).status).toBe(403);
    expect((await exportBy(user({ client_id: 'nightly-sync' }))).status).toBe(403);
  });

  it('logs the caller, and the reason of a refusal, but no query', async () => {
    let app: RequestListener = () => {};
    const logged = new Promise<unknown[]>((resolve) => {
      const entries: unknown[] = [];
      app = create({
        log: ({ caller, refusal, ...entry }) => {
          const { reason, requirement } = refusal ?? {};
          if (entries.push({ ...entry, key: caller?.key, reason, requirement }) === 2)
            resolve(entries);
        },
      });
    });
    await supertest(app).post('/export?secret=1').auth(user(), { type: 'bearer' });
    await supertest(app).get('/orders');
    const key = `user:${encodeURIComponent(issuer.issuer)}:u-17`;
    expect(await logged).toEqual([
      {
        method: 'POST',
        path: '/export',
        status: 403,
        key,
        reason: 'client_required',
        requirement: 'client nightly-sync',
      },
      {
        method: 'GET',
        path: '/orders',
        status: 401,
        key: undefined,
        reason: 'credentials_missing',
        requirement: undefined,
      },
    ]);
  });

  it('answers probes without a token: ready once the keys of the issuer are there', async () => {
    const api = supertest(create({}));
    expect((await api.get('/livez')).status).toBe(204);
    expect((await api.get('/readyz')).status).toBe(204);
  });

  it('is alive but not ready while the issuer does not answer', async () => {
    const { issuer: url, close } = await issuer.listen();
    await close();
    const api = supertest(create({ issuer: authly(url) }));
    expect((await api.get('/livez')).status).toBe(204);
    expect((await api.get('/readyz')).status).toBe(503);
  });
});
