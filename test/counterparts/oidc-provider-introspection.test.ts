import { randomBytes } from 'node:crypto';
import {
  type AuthEvent,
  clientSecretBasic,
  clientSecretPost,
  createResourceServer,
  type IntrospectionOptions,
  privateKeyJwt,
} from '@authly/core';
import { oidcProvider } from '@authly/core/providers';
import { generateTestKey } from '@authly/testing';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { protectedApp } from '../support/apps.ts';
import { frameworks } from '../support/frameworks.ts';
import { listen, type RunningServer, send } from '../support/requests.ts';

// A real oidc-provider that issues opaque access tokens, and an API that introspects them.

const API = 'https://parcels.example.com';
const MACHINE = { id: 'nightly', secret: 'a secret of the nightly job: + and %' };
const ASKING = { id: 'parcels-api', secret: 'a secret of the API: + and %' };
const SIGNED = { id: 'parcels-api-signed', secret: 'another secret of the API' };
const KEYED = { id: 'parcels-api-key' };
const key = generateTestKey('ES256', 'api-1');
const signingKey = generateTestKey('RS256', 'op-1');

/** What a test does with the server, apart from HTTP requests. */
interface LiveProvider {
  Client: { find(id: string): Promise<object> };
  AccessToken: new (
    members: object,
  ) => { resourceServer: object; scope: string; save(): Promise<string> };
  RefreshToken: new (
    members: object,
  ) => { resource: string; scope: string; save(): Promise<string> };
  Grant: new (
    members: object,
  ) => {
    addResourceScope(resource: string, scope: string): void;
    save(): Promise<string>;
  };
  ResourceServer: new (id: string, info: object) => object;
  callback(): Parameters<typeof listen>[0] & object;
}

let server: RunningServer & { serve(listener: object): void };
let provider: LiveProvider;
const info = {
  scope: 'parcels:read',
  audience: API,
  accessTokenTTL: 60,
  accessTokenFormat: 'opaque',
};

beforeAll(async () => {
  server = (await listen()) as typeof server;
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
  const { default: Provider } = await import('oidc-provider');
  const asking = { grant_types: [], redirect_uris: [], response_types: [] };
  provider = new Provider(server.origin, {
    clients: [
      {
        client_id: MACHINE.id,
        client_secret: MACHINE.secret,
        ...asking,
        grant_types: ['client_credentials'],
      },
      { client_id: ASKING.id, client_secret: ASKING.secret, ...asking },
      {
        client_id: SIGNED.id,
        client_secret: SIGNED.secret,
        token_endpoint_auth_method: 'client_secret_post',
        introspection_signed_response_alg: 'RS256',
        ...asking,
      },
      {
        client_id: KEYED.id,
        token_endpoint_auth_method: 'private_key_jwt',
        jwks: { keys: [key.publicJwk] },
        ...asking,
      },
    ],
    jwks: { keys: [signingKey.privateJwk] },
    cookies: { keys: [randomBytes(16).toString('hex')] },
    ttl: { ClientCredentials: 60, AccessToken: 60, RefreshToken: 60, Grant: 60 },
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      introspection: { enabled: true, allowedPolicy: () => true },
      jwtIntrospection: { enabled: true },
      revocation: { enabled: true, allowedPolicy: () => true },
      resourceIndicators: { enabled: true, getResourceServerInfo: () => info },
    },
  }) as unknown as LiveProvider;
  warn.mockRestore();
  server.serve(provider.callback());
});

afterAll(() => server.close());

const basic = (client: { id: string; secret: string }) => ({
  authorization: `Basic ${Buffer.from(`${encodeURIComponent(client.id)}:${encodeURIComponent(client.secret)}`).toString('base64')}`,
});

async function machineToken(): Promise<string> {
  const response = await fetch(`${server.origin}/token`, {
    method: 'POST',
    headers: basic(MACHINE),
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      scope: 'parcels:read',
      resource: API,
    }),
  });
  return String(Reflect.get(Object(await response.json()), 'access_token'));
}

/** Without a grant the server treats a user's opaque token as revoked. */
async function grantOfAda(): Promise<string> {
  const grant = new provider.Grant({ accountId: 'ada', clientId: MACHINE.id });
  grant.addResourceScope(API, 'parcels:read');
  return grant.save();
}

async function userToken(): Promise<string> {
  const client = await provider.Client.find(MACHINE.id);
  const grantId = await grantOfAda();
  const token = new provider.AccessToken({
    accountId: 'ada',
    client,
    gty: 'authorization_code',
    grantId,
  });
  token.resourceServer = new provider.ResourceServer(API, info);
  token.scope = 'parcels:read';
  return token.save();
}

async function refreshToken(): Promise<string> {
  const client = await provider.Client.find(MACHINE.id);
  const grantId = await grantOfAda();
  const token = new provider.RefreshToken({
    accountId: 'ada',
    client,
    gty: 'authorization_code',
    grantId,
  });
  token.resource = API;
  token.scope = 'parcels:read';
  return token.save();
}

function anApi(introspection: IntrospectionOptions) {
  const events: AuthEvent[] = [];
  const resourceServer = createResourceServer({
    issuer: oidcProvider({ issuer: server.origin, subjectNamespaces: 'disjoint' }),
    audience: API,
    introspection,
    onEvent: (event) => events.push(event),
  });
  return { resourceServer, events };
}

const WAYS: readonly (readonly [string, () => IntrospectionOptions])[] = [
  ['client_secret_basic', () => ({ client: clientSecretBasic(ASKING.id, ASKING.secret) })],
  ['private_key_jwt', () => ({ client: privateKeyJwt(KEYED.id, key.privateJwk) })],
  ['signed answers', () => ({ client: clientSecretPost(SIGNED.id, SIGNED.secret), signed: true })],
];

describe.each(WAYS)('opaque tokens of oidc-provider, by %s', (_name, options) => {
  it.each(frameworks)('are those of users and clients in $name', async (framework) => {
    const { resourceServer } = anApi(options());
    const app = protectedApp(framework, { server: resourceServer });
    expect((await send(app, { token: await machineToken() })).body).toMatchObject({
      kind: 'client',
      clientId: MACHINE.id,
      scopes: ['parcels:read'],
      source: 'introspection',
    });
    expect((await send(app, { token: await userToken() })).body).toMatchObject({
      kind: 'user',
      userId: 'ada',
      clientId: MACHINE.id,
    });
    expect((await send(app, { token: 'made-up' })).status).toBe(401);
    expect((await send(app, { token: await refreshToken() })).status).toBe(401);
    resourceServer.close();
  });
});

describe('oidc-provider', () => {
  it('revokes a token, which is refused here when the answer is old', async () => {
    const { resourceServer } = anApi({
      client: clientSecretBasic(ASKING.id, ASKING.secret),
      cache: { activeForSec: 1 },
    });
    const token = await machineToken();
    await resourceServer.verify(token);
    const revoked = await fetch(`${server.origin}/token/revocation`, {
      method: 'POST',
      headers: basic(MACHINE),
      body: new URLSearchParams({ token }),
    });
    expect(revoked.status).toBe(200);
    await vi.waitFor(
      () =>
        expect(resourceServer.verify(token)).rejects.toMatchObject({ reason: 'token_inactive' }),
      { timeout: 5_000, interval: 100 },
    );
    resourceServer.close();
  });

  it('gives no token id for a machine, which is accepted all the same', async () => {
    const { resourceServer } = anApi({ client: clientSecretBasic(ASKING.id, ASKING.secret) });
    const principal = await resourceServer.verify(await machineToken());
    expect(principal).toMatchObject({ kind: 'client', clientId: MACHINE.id });
    expect(principal.claims).not.toHaveProperty('jti');
    expect(principal.claims).not.toHaveProperty('sub');
    resourceServer.close();
  });

  it('that refuses our secret is an outage', async () => {
    const { resourceServer, events } = anApi({ client: clientSecretBasic(ASKING.id, 'wrong') });
    await expect(resourceServer.verify(await machineToken())).rejects.toMatchObject({
      status: 503,
      reason: 'introspection_unavailable',
    });
    expect(events).toContainEqual(
      expect.objectContaining({ type: 'introspection.failed', cause: 'unauthorized' }),
    );
    resourceServer.close();
  });

  it('does not introspect JWTs, and the error says so', async () => {
    const { resourceServer, events } = anApi({
      client: clientSecretBasic(ASKING.id, ASKING.secret),
      jwts: 'confirm',
    });
    info.accessTokenFormat = 'jwt';
    const token = await machineToken();
    info.accessTokenFormat = 'opaque';
    await expect(resourceServer.verify(token)).rejects.toMatchObject({ status: 503 });
    expect(events).toContainEqual(
      expect.objectContaining({ type: 'introspection.failed', cause: 'jwts_unsupported' }),
    );
    resourceServer.close();
  });
});
