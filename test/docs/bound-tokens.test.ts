import type { RequestListener } from 'node:http';
import {
  isAuthError,
  memoryReplayStore,
  type ReplayStore,
  type RequestView,
  type ResourceServer,
} from '@authly/core';
import { authly } from '@authly/core/providers';
import { aProof, fakeClock, generateTestKey, testCertificate, testIssuer } from '@authly/testing';
import { replayStoreContract } from '@authly/testing/contracts';
import supertest from 'supertest';
import { afterEach, describe, expect, it } from 'vitest';
import { listening, sendByTls, serverCertificate } from '../support/tls.ts';
import { createServer as behindProxies } from './snippets/bound-tokens/behind-proxies.ts';
import { createServer as behindTlsProxies } from './snippets/bound-tokens/behind-tls-proxies.ts';
import { createApp as browsersExpress } from './snippets/bound-tokens/browsers-express.ts';
import { createApp as browsersKoa } from './snippets/bound-tokens/browsers-koa.ts';
import { serve, createApp as withCertificates } from './snippets/bound-tokens/certificates.ts';
import { createApp as eitherBinding } from './snippets/bound-tokens/either-binding.ts';
import { createApp as withOption } from './snippets/bound-tokens/options.ts';
import { createServer as oneProcess } from './snippets/bound-tokens/processes.ts';
import { type RedisClient, redisReplayStore } from './snippets/bound-tokens/replay-store.ts';
import { createApp as requiredRoutes } from './snippets/bound-tokens/required-routes.ts';
import { createApp as tenants } from './snippets/bound-tokens/tenants.ts';

const API = 'https://api.acme.com';
const { issuer, jwks, aUserToken } = testIssuer({ audience: API });
const preset = authly({ issuer, jwks });
const key = generateTestKey('ES256');
const scoped = { sub: 'u-17', scope: 'payments' };
const boundToken = (claims = {}) => aUserToken({ ...scoped, ...claims }, { boundTo: key });

/** The two headers of a request with a bound token. */
function bound(token: string, options: { url: string; method?: string; nonce?: string }) {
  return { authorization: `DPoP ${token}`, dpop: aProof({ key, token, ...options }) };
}

async function reasonOf(call: () => unknown): Promise<unknown> {
  try {
    await call();
    return 'accepted';
  } catch (error) {
    return isAuthError(error) ? error.reason : error;
  }
}

/** A request as a server sees it, without a server. */
function viewOf(headers: Readonly<Record<string, string>>, url: string): RequestView {
  return { method: 'GET', url, header: (name) => headers[name] };
}

it('the option accepts a bound token with its proof once, and other tokens as before', async () => {
  const api = supertest(withOption(preset));
  const headers = bound(boundToken(), { url: `${API}/me` });
  expect((await api.get('/me').set(headers)).status).toBe(200);
  expect((await api.get('/me').set(headers)).status).toBe(401);
  expect((await api.get('/me').auth(boundToken(), { type: 'bearer' })).status).toBe(401);
  expect((await api.get('/me').auth(aUserToken(), { type: 'bearer' })).status).toBe(200);
});

it.each([
  ['/me', `${API}/me`, 'accepted'],
  ['/me', 'https://acme.com/orders-api/me', 'accepted'],
  ['/me', 'https://acme.com/me', 'proof_url_mismatch'],
  ['/orders-api/me', 'https://acme.com/orders-api/me', 'proof_url_mismatch'],
])('behind proxies, a request for %s with a proof for %s: %s', async (path, url, reason) => {
  const server = behindProxies(preset);
  const view = viewOf(bound(boundToken(), { url }), path);
  expect(await reasonOf(() => server.authenticate(view))).toBe(reason);
  server.close();
});

it('required routes accept only bound tokens, and a proof passes once for both servers', async () => {
  const api = supertest(requiredRoutes(preset));
  const url = `${API}/payments`;
  const unbound = aUserToken(scoped);
  expect((await api.get('/payments').auth(unbound, { type: 'bearer' })).status).toBe(200);
  const refused = await api.post('/payments').auth(unbound, { type: 'bearer' });
  expect(refused.status).toBe(401);
  expect(refused.headers['www-authenticate']).toMatch(/^DPoP /);
  const headers = bound(boundToken(), { url, method: 'POST' });
  expect((await api.post('/payments').set(headers)).status).toBe(201);
  expect((await api.post('/payments').set(headers)).body.error).toBe('invalid_dpop_proof');
  expect((await api.get('/payments').set(bound(boundToken(), { url }))).status).toBe(200);
});

it('a tenant accepts only tokens and proofs for its own host, with any Host header', async () => {
  const api = supertest(tenants(preset));
  const [acme, globex] = ['acme.orders.example', 'globex.orders.example'];
  const statusAt = async (host: string, audience: string, named: string) => {
    const token = boundToken({ aud: `https://${audience}` });
    const headers = bound(token, { url: `https://${named}/me` });
    return (await api.get('/me').set({ host, ...headers })).status;
  };
  expect(await statusAt(acme, acme, acme)).toBe(200);
  expect(await statusAt(globex, globex, globex)).toBe(200);
  expect(await statusAt(globex, acme, acme)).toBe(401);
  expect(await statusAt(globex, globex, acme)).toBe(401);
  expect(await statusAt('other.example', acme, acme)).toBe(421);
});

describe.each<[string, () => RequestListener]>([
  ['Express', () => browsersExpress(preset)],
  ['Koa', () => browsersKoa(preset).callback()],
])('the CORS layer of %s', (_, create) => {
  const api = supertest(create());
  const origin = 'https://app.acme.com';

  it('lets a page send a proof', async () => {
    const preflight = await api.options('/me').set({
      origin,
      'access-control-request-method': 'GET',
      'access-control-request-headers': 'authorization,dpop',
    });
    expect(preflight.status).toBe(204);
    expect(preflight.headers['access-control-allow-origin']).toBe(origin);
    expect(preflight.headers['access-control-allow-headers']).toBe('Authorization,DPoP');
    const headers = bound(boundToken(), { url: `${API}/me` });
    expect((await api.get('/me').set({ origin, ...headers })).status).toBe(200);
  });

  it('lets a page read what is wrong', async () => {
    const refused = await api.get('/me').set({ origin });
    expect(refused.status).toBe(401);
    expect(refused.headers['access-control-expose-headers']).toBe('WWW-Authenticate,DPoP-Nonce');
  });
});

describe('mutual TLS', () => {
  it.each([
    ['certificates.ts', () => withCertificates(preset), 200],
    ['either-binding.ts', () => eitherBinding(preset), 403],
  ] as const)(
    'lets the token in with its certificate, over TLS of Node: %s',
    async (_name, create, statusUnbound) => {
      const certificate = await testCertificate();
      const port = await listening(serve(create(), serverCertificate));
      const url = `https://127.0.0.1:${port}/me`;
      const statusOf = async (token: string, shown?: typeof certificate) => {
        const headers = { authorization: `Bearer ${token}` };
        return (await sendByTls(url, { certificate: shown, headers })).status;
      };
      const token = aUserToken(scoped, { boundTo: certificate });
      expect(await statusOf(token, certificate)).toBe(200);
      expect(await statusOf(token, await testCertificate())).toBe(401);
      expect(await statusOf(token)).toBe(401);
      expect(await statusOf(aUserToken(scoped))).toBe(statusUnbound);
    },
  );

  it('believes the header only from a listed proxy', async () => {
    const certificate = await testCertificate();
    const server = behindTlsProxies(preset);
    const view = (peerAddress: string, token: string): RequestView => ({
      ...viewOf(
        {
          authorization: `Bearer ${token}`,
          'x-client-cert': encodeURIComponent(certificate.cert),
        },
        '/me',
      ),
      peerAddress,
    });
    const token = aUserToken(scoped, { boundTo: certificate });
    const reasonFrom = (peer: string, presented = token) =>
      reasonOf(() => server.authenticate(view(peer, presented)));
    expect(await reasonFrom('10.4.0.7')).toBe('accepted');
    expect(await reasonFrom('::ffff:10.4.0.7')).toBe('accepted');
    expect(await reasonFrom('10.5.0.7')).toBe('certificate_missing');
    expect(await reasonFrom('10.4.0.7', aUserToken(scoped))).toBe('certificate_required');
    server.close();
  });
});

/** `SET … NX PX` as Redis does it, over a store that passes the contract. */
function fakeRedis(memory: { reserve(id: string, options: object): boolean }): RedisClient {
  return {
    set: async (id, _value, { NX, PX }) => (NX && memory.reserve(id, { ttlMs: PX }) ? 'OK' : null),
  };
}

describe('the replay store over Redis', () => {
  const open = () => {
    const clock = fakeClock();
    const memory = memoryReplayStore({ clock });
    const signal = new AbortController().signal;
    const redis = fakeRedis({
      reserve: (id, options) => memory.reserve(id, { ttlMs: 0, signal, ...options }),
    });
    return { store: redisReplayStore(redis), advance: (ms: number) => clock.advance(ms) };
  };
  for (const { name, run } of replayStoreContract(open)) it(name, run);
});

describe('several processes', () => {
  const secret = 'a secret of the documentation: thirty-two bytes and more';
  const url = `${API}/me`;
  const open: ResourceServer[] = [];

  afterEach(() => {
    for (const server of open.splice(0)) server.close();
  });

  function aProcess(replay: ReplayStore): ResourceServer {
    const server = oneProcess(preset, replay, secret);
    open.push(server);
    return server;
  }

  async function nonceFrom(server: ResourceServer): Promise<string> {
    const refused = await server
      .authenticate(viewOf(bound(boundToken(), { url }), '/me'))
      .catch((error: unknown) => error);
    if (!isAuthError(refused)) throw refused;
    return refused.details.nonce ?? '';
  }

  it('accept the nonces of each other, and a proof once', async () => {
    const replay = memoryReplayStore();
    const [one, two] = [aProcess(replay), aProcess(replay)];
    const nonce = await nonceFrom(one);
    const view = viewOf(bound(boundToken(), { url, nonce }), '/me');
    expect(await reasonOf(() => two.authenticate(view))).toBe('accepted');
    expect(await reasonOf(() => one.authenticate({ ...view }))).toBe('proof_replayed');
  });

  it('refuse with 503 while the store is down', async () => {
    const broken: ReplayStore = { reserve: () => Promise.reject(new Error('down')) };
    const server = aProcess(broken);
    const nonce = await nonceFrom(server);
    const view = viewOf(bound(boundToken(), { url, nonce }), '/me');
    expect(await reasonOf(() => server.authenticate(view))).toBe('replay_unavailable');
  });
});
