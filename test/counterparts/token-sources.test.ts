import { createServer } from 'node:http';
import {
  type ClientAuthentication,
  certificateFetch,
  clientSecretBasic,
  clientSecretPost,
  privateKeyJwt,
  type TokenEvent,
  tlsClientAuth,
  tokenSource,
} from '@authly/client';
import { authErrorHandler, authenticate, principalOf } from '@authly/express';
import { oidcProvider } from '@authly/express/providers';
import { testIssuer } from '@authly/testing';
import express from 'express';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CA, ONE } from '../../packages/client/test/certificates.ts';
import { listen } from '../support/requests.ts';
import { type BetterAuth, startBetterAuth } from './better-auth.ts';
import {
  API,
  ASSERTION_KEY,
  claimsOf,
  OTHER_API,
  SECRET,
  startTokenServer,
  type TokenServer,
} from './oidc-provider-clients.ts';
import { UNKNOWN_API } from './oidc-provider-configuration.ts';

// Token sources of @authly/client at authorization servers that others have written.

describe('a token source at @authly/issuer', () => {
  it.each([
    ['Basic', clientSecretBasic],
    ['post', clientSecretPost],
  ])('gets one token for a thousand callers by %s', async (_name, make) => {
    const issuer = await testIssuer({ scopes: ['read:orders'] }).listen();
    const { clientId, clientSecret } = issuer.client;
    const events: TokenEvent[] = [];
    const source = tokenSource({
      issuer: issuer.issuer,
      client: make(clientId, clientSecret),
      resource: issuer.audience,
      onEvent: (event) => events.push(event),
    });
    const tokens = await Promise.all(Array.from({ length: 1_000 }, () => source.token()));
    expect(new Set(tokens).size).toBe(1);
    expect(events.map(({ type }) => type)).toEqual(['token.fetched']);
    expect(claimsOf(tokens[0]?.accessToken ?? '')).toMatchObject({ client_id: clientId });
    await issuer.close();
  });

  it('is told that its secret is wrong', async () => {
    const issuer = await testIssuer({ scopes: ['read:orders'] }).listen();
    const client = clientSecretBasic(issuer.client.clientId, 'wrong');
    const source = tokenSource({ issuer: issuer.issuer, client, resource: issuer.audience });
    await expect(source.token()).rejects.toMatchObject({
      reason: 'client_refused',
      serverError: 'invalid_client',
      serverStatus: 401,
    });
    await issuer.close();
  });
});

describe('a token source at oidc-provider', () => {
  let server: TokenServer;
  beforeAll(async () => {
    server = await startTokenServer();
  });
  afterAll(() => server.close());

  const METHODS: readonly [string, () => ClientAuthentication][] = [
    ['client_secret_basic', () => clientSecretBasic('by-basic', SECRET)],
    ['client_secret_post', () => clientSecretPost('by-post', SECRET)],
    ['private_key_jwt', () => privateKeyJwt('by-assertion', ASSERTION_KEY.privateJwk)],
    [
      'private_key_jwt for its token endpoint',
      () => privateKeyJwt('by-assertion', ASSERTION_KEY.privateJwk, { audience: 'token_endpoint' }),
    ],
  ];

  it.each(METHODS)('authenticates by %s', async (name, make) => {
    const client = make();
    const source = tokenSource({
      issuer: server.issuer,
      client,
      resource: API,
      scope: 'read:users',
    });
    const { accessToken, type, scopes } = await source.token();
    expect([type, scopes]).toEqual(['Bearer', ['read:users']]);
    expect(claimsOf(accessToken)).toMatchObject({ aud: API, client_id: client.clientId });
    const { method, methodsSupported, advice } = await source.explain();
    expect(name).toContain(method);
    expect([methodsSupported?.includes(method), advice]).toEqual([true, []]);
  });

  it.each([
    ['a wrong secret', clientSecretBasic('by-basic', 'wrong'), 'client_refused'],
    ['an unknown client', clientSecretPost('nobody', SECRET), 'client_refused'],
    ['an API that it does not know', clientSecretBasic('by-basic', SECRET), 'request_refused'],
  ])('is refused with %s', async (_name, client, reason) => {
    const source = tokenSource({ issuer: server.issuer, client, resource: UNKNOWN_API });
    await expect(source.token()).rejects.toMatchObject({ reason });
  });

  it('exchanges a token by a grant that the server has', async () => {
    const client = clientSecretBasic('by-basic', SECRET);
    const own = tokenSource({ issuer: server.issuer, client, resource: API });
    const source = tokenSource({ issuer: server.issuer, client, resource: OTHER_API });
    const before = server.asked.length;
    const subject = (await own.token()).accessToken;
    const tokens = await Promise.all(
      Array.from({ length: 10 }, () => source.onBehalfOf(subject).token()),
    );
    expect(claimsOf(tokens[0]?.accessToken ?? '')).toMatchObject({ aud: OTHER_API });
    expect(server.asked.slice(before)).toHaveLength(2);
  });
});

describe('a bound token of an oidc-provider that requires nonces', () => {
  it('is accepted by an API that also requires nonces', async () => {
    const server = await startTokenServer({ nonces: true });
    const api = await listen();
    const app = express();
    app.use(
      authenticate({
        issuer: oidcProvider({ issuer: server.issuer, kindClaim: 'sub_type' }),
        audience: API,
        dpop: {
          mode: 'required',
          publicUrls: api.origin,
          nonce: { secrets: ['a secret of thirty-two bytes or more'] },
        },
      }),
    );
    app.get('/me', (request, response) => response.json({ key: principalOf(request).key }));
    app.use(authErrorHandler());
    api.serve(app);
    const source = tokenSource({
      issuer: server.issuer,
      client: clientSecretBasic('by-basic', SECRET),
      resource: API,
      origins: [api.origin],
      dpop: true,
    });
    for (let call = 0; call < 3; call++) {
      const response = await source.fetch(`${api.origin}/me`);
      expect([response.status, await response.json()]).toEqual([
        200,
        { key: expect.stringContaining('by-basic') },
      ]);
    }
    expect(claimsOf((await source.token()).accessToken)).toMatchObject({
      cnf: { jkt: expect.any(String) },
    });
    api.close();
    server.close();
  });
});

describe('a certificate at oidc-provider', () => {
  it('authenticates, and the token is bound to it', async () => {
    const server = await startTokenServer({ tls: true });
    const fetch = certificateFetch({ ...ONE, ca: CA });
    const source = tokenSource({
      issuer: server.issuer,
      client: tlsClientAuth('by-certificate', { fetch }),
      fetch,
      resource: API,
    });
    expect(claimsOf((await source.token()).accessToken)).toMatchObject({
      client_id: 'by-certificate',
      cnf: { 'x5t#S256': expect.any(String) },
    });
    source.close();
    server.close();
  });
});

describe('a token source at Better Auth', () => {
  let server: BetterAuth;
  beforeAll(async () => {
    server = await startBetterAuth(API);
  });
  afterAll(() => server.close());

  it('gets an opaque token, and keeps it', async () => {
    const { id, secret } = server.web;
    const source = tokenSource({
      issuer: server.issuer,
      client: clientSecretBasic(id, secret),
      resource: API,
      scope: 'parcels:read',
    });
    const token = await source.token();
    expect(token).toMatchObject({ type: 'Bearer', scopes: ['parcels:read'] });
    expect(await source.token()).toBe(token);
    expect((await source.explain()).tokenEndpoint).toBe(`${server.issuer}/oauth2/token`);
  });

  it('is told that its secret is wrong, whatever status that has there', async () => {
    const client = clientSecretPost(server.web.id, 'wrong');
    const source = tokenSource({ issuer: server.issuer, client, resource: API });
    await expect(source.token()).rejects.toMatchObject({ reason: 'client_refused' });
  });
});

it('a server that cannot be reached is an outage, and the error says why', async () => {
  const gone = createServer();
  await new Promise<void>((resolve) => gone.listen(0, '127.0.0.1', resolve));
  const address = gone.address();
  const issuer = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
  gone.close();
  const source = tokenSource({ issuer, client: clientSecretBasic('a', 'b') });
  await expect(source.token()).rejects.toMatchObject({
    reason: 'metadata_unavailable',
    code: 'ECONNREFUSED',
    status: 503,
  });
});
