import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createResourceServer, type Principal, scope } from '@authly/core';
import { authly } from '@authly/core/providers';
import { tampered, testIssuer } from '@authly/testing';
import { fastify } from 'fastify';
import { Server } from 'socket.io';
import { io as connect, type Socket } from 'socket.io-client';
import supertest from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { authenticate, authorize } from './snippets/frameworks/adapter.ts';
import { createApp } from './snippets/frameworks/app.ts';
import { handle } from './snippets/frameworks/queue.ts';
import { authenticateSockets } from './snippets/frameworks/socket-io.ts';

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
    ['with a token that is not a JWT', 'opaque', 401, 'error="invalid_token"', 'invalid_token'],
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

  it('accepts a resource server, and awaits keys that are not loaded yet', async () => {
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

  it('fails with 500 if a guard runs before authenticate', async () => {
    const bare = fastify();
    bare.get('/', { preHandler: authorize(scope('a')) }, async () => 'ok');
    const response = await bare.inject('/');
    expect(response.statusCode).toBe(500);
    expect(response.json().message).toContain('ran before authenticate');
    await bare.close();
  });
});

const local = () =>
  createResourceServer({ issuer: authly({ issuer, jwks }), audience: 'https://api.acme.com' });

describe('a queue, by verify', () => {
  const message = (token?: string) => ({ headers: { 'access-token': token }, body: 'order' });

  it.each([
    ['a good token', aClientToken({ scope: 'write:orders' }), 'done'],
    ['no token', undefined, 'rejected'],
    ['an expired token', aUserToken({}, { expiresInSec: -60 }), 'rejected'],
    ['a token without the scope', aUserToken(), 'rejected'],
  ])('a message with %s', async (_, token, outcome) => {
    const seen: Principal[] = [];
    const work = async (caller: Principal) => void seen.push(caller);
    expect(await handle(local(), message(token), work)).toBe(outcome);
    expect(seen).toHaveLength(outcome === 'done' ? 1 : 0);
  });

  it('asks for a retry while keys cannot be fetched, and passes on the error of the work', async () => {
    const down = createResourceServer({
      issuer: authly({ issuer, jwksUri: `${issuer}/jwks` }),
      audience: 'https://api.acme.com',
      fetch: async () => new Response('', { status: 500 }),
      onEvent: () => {},
    });
    const token = aClientToken({ scope: 'write:orders' });
    expect(await handle(down, message(token), async () => {})).toBe('retry');
    down.close();
    const failing = async () => Promise.reject(new Error('no disk'));
    await expect(handle(local(), message(token), failing)).rejects.toThrow('no disk');
  });
});

describe('Socket.IO, by verify', () => {
  const server = createServer();
  const io = new Server(server);
  const callers: string[] = [];
  const sockets: Socket[] = [];

  beforeAll(async () => {
    authenticateSockets(io, local());
    io.of('/admin');
    io.of(/^\/rooms-\d+$/);
    io.on('connection', ({ data }) => callers.push(data.caller.key));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterAll(async () => {
    for (const socket of sockets) socket.close();
    await io.close();
  });

  function open(auth: object, namespace = '/'): Socket {
    const { port } = server.address() as AddressInfo;
    const socket = connect(`http://127.0.0.1:${port}${namespace}`, {
      auth,
      forceNew: true,
      reconnection: false,
    });
    sockets.push(socket);
    return socket;
  }

  it('knows the caller of a socket', async () => {
    const socket = open({ token: aUserToken({ sub: 'u-17' }) });
    await new Promise<void>((resolve) => socket.on('connect', resolve));
    expect(callers).toEqual([expect.stringMatching(/^user:.*:u-17$/)]);
  });

  it.each([
    ['no token', {}],
    ['a token that is no text', { token: { length: 3 } }],
    ['a forged token', { token: tampered(aUserToken()) }],
  ])('refuses a socket with %s, in the words of every refusal', async (_, auth) => {
    const socket = open(auth);
    const error = await new Promise<Error>((resolve) => socket.on('connect_error', resolve));
    expect(error).toHaveProperty('data', {
      error: 'invalid_token',
      error_description: expect.any(String),
    });
  });

  it.each(['/admin', '/rooms-7'])('refuses a socket of the namespace %s, too', async (name) => {
    const refused = await new Promise<Error>((resolve, reject) => {
      const socket = open({}, name);
      socket.on('connect_error', resolve);
      socket.on('connect', () => reject(new Error('let in')));
    });
    expect(refused).toHaveProperty('data.error', 'invalid_token');
    const socket = open({ token: aUserToken({ sub: 'u-17' }) }, name);
    await new Promise<void>((resolve) => socket.on('connect', resolve));
  });

  it('ends a socket when its token expires', async () => {
    const socket = open({ token: aUserToken({}, { expiresInSec: -3 }) });
    const reason = await new Promise<string>((resolve) => socket.on('disconnect', resolve));
    expect(reason).toBe('io server disconnect');
  });
});
