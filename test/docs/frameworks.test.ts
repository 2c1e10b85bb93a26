import { createResourceServer, scope } from '@authly/core';
import { authly } from '@authly/core/providers';
import { tampered, testIssuer } from '@authly/testing';
import { fastify } from 'fastify';
import supertest from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { authenticate, authorize } from './snippets/frameworks/adapter.ts';
import { createApp } from './snippets/frameworks/app.ts';

const { issuer, jwks, aUserToken, aClientToken } = testIssuer({ audience: 'https://api.acme.com' });
const app = createApp(authly({ issuer, jwks }));
const scoped = { sub: 'u-17', scope: 'read:users' };

beforeAll(() => app.ready());
afterAll(() => app.close());

/** Over a real socket: Fastify's server is Node's. */
function get(path: string, token?: string): supertest.Test {
  const request = supertest(app.server).get(path);
  return token === undefined ? request : request.auth(token, { type: 'bearer' });
}

describe('Fastify, by @authly/core/adapter alone', () => {
  it('tells a user from a machine', async () => {
    const user = await get('/users', aUserToken(scoped));
    expect([user.status, user.body]).toEqual([200, { user: 'u-17', app: 'web-app' }]);
    const machine = await get('/users', aClientToken({ scope: 'read:users', client_id: 'sync' }));
    expect([machine.status, machine.body]).toEqual([200, { service: 'sync' }]);
  });

  it.each([
    ['without a token', undefined, 401, 'Bearer realm="api"', 'missing_credentials'],
    ['with a forged token', tampered(aUserToken(scoped)), 401, 'error="invalid_token"', undefined],
    ['without the scope', aUserToken({ scope: 'a' }), 403, 'scope="read:users"', undefined],
    ['with a token that is none', 'opaque', 401, 'error="invalid_token"', 'invalid_token'],
  ])('refuses a request %s', async (_, token, status, challenge, error) => {
    const response = await get('/users', token);
    expect(response.status).toBe(status);
    expect(response.headers['www-authenticate']).toContain(challenge);
    expect(response.headers['content-type']).toBe('application/json; charset=utf-8');
    expect(response.headers['cache-control']).toBe('no-store');
    if (error !== undefined) expect(response.body.error).toBe(error);
  });

  it('refuses two Authorization headers, which Fastify alone would not see', async () => {
    const response = await supertest(app.server)
      .get('/users')
      .set('authorization', [`Bearer ${aUserToken(scoped)}`, 'Basic YTpi'] as unknown as string);
    expect(response.status).toBe(400);
  });

  it('answers what userOf throws in a handler', async () => {
    expect((await get('/me', aUserToken({ sub: 'u-17' }))).body).toEqual({ user: 'u-17' });
    expect((await get('/me', aClientToken())).status).toBe(403);
  });

  it('takes a resource server, and awaits keys that are not there yet', async () => {
    const resourceServer = createResourceServer({
      issuer: authly({ issuer, jwksUri: `${issuer}/jwks` }),
      audience: 'https://api.acme.com',
      fetch: async () => Response.json(jwks),
    });
    const waiting = fastify();
    waiting.addHook('onRequest', authenticate(resourceServer));
    waiting.get('/', async () => 'ok');
    const authorization = `Bearer ${aUserToken(scoped)}`;
    const response = await waiting.inject({ url: '/', headers: { authorization } });
    expect(response.statusCode).toBe(200);
    await waiting.close();
    resourceServer.close();
  });

  it('fails with 500 where a guard runs before authenticate', async () => {
    const bare = fastify();
    bare.get('/', { preHandler: authorize(scope('a')) }, async () => 'ok');
    const response = await bare.inject('/');
    expect(response.statusCode).toBe(500);
    expect(response.json().message).toContain('ran before authenticate');
    await bare.close();
  });
});
