import { authly } from '@authly/core/providers';
import { tampered, testIssuer } from '@authly/testing';
import { createApp } from '@authly-examples/nest-api';
import supertest from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const issuer = testIssuer();
const { aClientToken, aUserToken, audience, jwks } = issuer;
const reasons: unknown[] = [];

const user = (claims: object = {}) => aUserToken({ sub: 'u-17', scope: 'read:orders', ...claims });
const machine = (claims: object = {}) => aClientToken({ scope: 'read:orders', ...claims });

describe.each(['express', 'fastify'] as const)('examples/nest-api on %s', (platform) => {
  let app: Awaited<ReturnType<typeof createApp>>;

  beforeAll(async () => {
    app = await createApp({
      issuer: authly({ issuer: issuer.issuer, jwks }),
      audience,
      platform,
      onEvent: (event) => {
        if (event.type === 'request.refused') reasons.push(event);
      },
    });
    await app.listen(0, '127.0.0.1');
  });
  afterAll(() => app.close());

  function send(method: 'get' | 'post', path: string, token?: string): supertest.Test {
    const request = supertest(app.getHttpServer())[method](path);
    return token === undefined ? request : request.auth(token, { type: 'bearer' });
  }

  it('answers probes without a token, and no other route', async () => {
    expect((await send('get', '/livez')).status).toBe(204);
    expect((await send('get', '/readyz')).status).toBe(204);
    for (const path of ['/orders', '/Orders', '/orders/mine', '/orders/']) {
      expect([401, 404]).toContain((await send('get', path)).status);
    }
    const response = await send('get', '/orders');
    expect(response.status).toBe(401);
    expect(response.headers['www-authenticate']).toBe('Bearer realm="api"');
    expect(response.body.error).toBe('missing_credentials');
  });

  it('hands the caller to handlers: users see their own orders, machines see all', async () => {
    const writer = (sub: string) => user({ sub, scope: 'read:orders write:orders' });
    for (const sub of ['u-17', 'u-18']) {
      const placed = await send('post', '/orders', writer(sub));
      expect([placed.status, placed.body]).toEqual([201, { placedBy: sub }]);
    }
    expect((await send('get', '/orders', user())).body).toHaveLength(1);
    expect((await send('get', '/orders', machine())).body).toHaveLength(2);
  });

  it('requires what the controller and the route need, in one challenge', async () => {
    const short = await send('post', '/orders', user());
    expect(short.status).toBe(403);
    expect(short.headers['www-authenticate']).toContain('scope="read:orders write:orders"');
    expect((await send('post', '/orders', machine())).status).toBe(403);
    expect((await send('post', '/orders/export', machine())).status).toBe(202);
    expect((await send('post', '/orders/export', user())).status).toBe(403);
    const elsewhere = machine({ scope: 'write:orders' });
    expect((await send('post', '/orders/export', elsewhere)).status).toBe(403);
  });

  it('answers what userOf throws in a handler, which finds the principal on the request', async () => {
    expect((await send('get', '/orders/mine', user())).body).toEqual({ user: 'u-17' });
    const refused = await send('get', '/orders/mine', machine());
    expect(refused.status).toBe(403);
    expect(refused.body).toEqual({
      error: 'forbidden',
      error_description: 'Only a user may do this',
    });
    expect(refused.headers['content-type']).toBe('application/json; charset=utf-8');
    expect(refused.headers['cache-control']).toBe('no-store');
  });

  it.each([
    ['a forged token', () => tampered(user()), 401],
    ['an expired token', () => aUserToken({ sub: 'u-17' }, { expiresInSec: -60 }), 401],
    ['a token that is not a JWT', () => 'opaque', 401],
  ])('refuses %s', async (_, token, status) => {
    const response = await send('get', '/orders', token());
    expect(response.status).toBe(status);
    expect(response.headers['www-authenticate']).toContain('error="invalid_token"');
  });

  it('refuses two Authorization headers', async () => {
    const response = await supertest(app.getHttpServer())
      .get('/orders')
      .set('authorization', [`Bearer ${user()}`, 'Basic YTpi'] as unknown as string);
    expect(response.status).toBe(400);
  });

  it('tells the operator what was refused', async () => {
    reasons.length = 0;
    await send('post', '/orders', machine());
    expect(reasons).toEqual([
      expect.objectContaining({ reason: 'user_required', kind: 'client', requirement: 'user' }),
    ]);
  });
});
