import { createResourceServer } from '@authly/core';
import { betterAuth as betterAuthPreset } from '@authly/core/providers';
import { oauthProvider } from '@better-auth/oauth-provider';
import { type BetterAuthPlugin, betterAuth } from 'better-auth';
import { memoryAdapter } from 'better-auth/adapters/memory';
import { toNodeHandler } from 'better-auth/node';
import { jwt } from 'better-auth/plugins';
import * as dpop from 'dpop';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { protectedApp } from '../support/apps.ts';
import { frameworks } from '../support/frameworks.ts';
import { listen, type RunningServer, send } from '../support/requests.ts';

// Better Auth as an authorization server that binds tokens, with its data in memory.

const API = 'https://api.example.com';
const TABLES = [
  ...['user', 'session', 'account', 'verification', 'jwks', 'oauthResource', 'oauthClient'],
  ...['oauthClientResource', 'oauthRefreshToken', 'oauthAccessToken', 'oauthConsent'],
  'oauthClientAssertion',
];

/** What a test calls beside asking the server over HTTP. */
interface Registration {
  adminCreateOAuthClient(call: { headers: Headers; body: object }): Promise<Client>;
}

interface Client {
  readonly client_id: string;
  readonly client_secret?: string | undefined;
}

let server: RunningServer;
let issuer: string;
let machine: Client;

beforeAll(async () => {
  const listening = await listen();
  server = listening;
  const auth = createBetterAuth(server.origin);
  listening.serve(toNodeHandler(auth));
  issuer = `${server.origin}/api/auth`;
  const registration = auth.api as unknown as Registration;
  machine = await registration.adminCreateOAuthClient({
    headers: new Headers({ cookie: await signUp() }),
    body: {
      redirect_uris: ['https://app.example.com/callback'],
      grant_types: ['client_credentials'],
      response_types: [],
      token_endpoint_auth_method: 'client_secret_basic',
      client_credentials_scopes: ['read:users'],
    },
  });
});

afterAll(() => server.close());

function createBetterAuth(baseURL: string) {
  return betterAuth({
    baseURL,
    secret: 'a secret of a test: thirty-two bytes and some more',
    database: memoryAdapter(Object.fromEntries(TABLES.map((name) => [name, []]))),
    emailAndPassword: { enabled: true },
    telemetry: { enabled: false },
    rateLimit: { enabled: false },
    logger: { disabled: true },
    plugins: [
      jwt(),
      // Its types do not fit those of Better Auth under `exactOptionalPropertyTypes`.
      bindingTokens() as unknown as BetterAuthPlugin,
    ],
  });
}

function bindingTokens() {
  return oauthProvider({
    loginPage: '/sign-in',
    consentPage: '/consent',
    scopes: ['read:users'],
    resources: [{ identifier: API, name: 'API' }],
    enforcePerClientResources: false,
    clientPrivileges: () => true,
    silenceWarnings: { oauthAuthServerConfig: true, openidConfig: true },
  });
}

/** The cookies of a new user, who may register clients. */
async function signUp(): Promise<string> {
  const response = await fetch(`${issuer}/sign-up/email`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: server.origin },
    body: JSON.stringify({ name: 'Ada', email: 'ada@example.com', password: 'a long password' }),
  });
  return response.headers
    .getSetCookie()
    .map((cookie) => cookie.split(';')[0])
    .join('; ');
}

async function boundToken(keys: dpop.KeyPair): Promise<string> {
  const url = `${issuer}/oauth2/token`;
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      authorization: `Basic ${btoa(`${machine.client_id}:${machine.client_secret}`)}`,
      dpop: await dpop.generateProof(keys, url, 'POST'),
    },
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      scope: 'read:users',
      resource: API,
    }),
  });
  const body: unknown = await response.json();
  expect(body).toMatchObject({ token_type: 'DPoP' });
  return String(Reflect.get(Object(body), 'access_token'));
}

describe.each(frameworks)('bound tokens of Better Auth in $name', (framework) => {
  it('are accepted once with their proof, and not as Bearer tokens', async () => {
    const resourceServer = createResourceServer({
      issuer: betterAuthPreset(issuer),
      audience: API,
      dpop: 'when-bound',
    });
    const app = protectedApp(framework, { server: resourceServer });
    const keys = await dpop.generateKeyPair('ES256');
    const token = await boundToken(keys);
    const headers = {
      authorization: `DPoP ${token}`,
      dpop: await dpop.generateProof(keys, `${API}/`, 'GET', undefined, token),
    };
    const accepted = await send(app, { headers });
    expect(accepted.body).toMatchObject({
      kind: 'client',
      clientId: machine.client_id,
      scopes: ['read:users'],
      confirmation: { jkt: await dpop.calculateThumbprint(keys.publicKey) },
    });
    expect((await send(app, { headers })).body).toMatchObject({ error: 'invalid_dpop_proof' });
    expect((await send(app, { token })).body).toMatchObject({ error: 'invalid_token' });
    resourceServer.close();
  });
});
