import { createResourceServer, type DpopOptions, type ResourceServer } from '@authly/core';
import { authly, oidcProvider } from '@authly/core/providers';
import { testIssuer } from '@authly/testing';
import * as dpop from 'dpop';
import * as oauth from 'oauth4webapi';
import * as client from 'openid-client';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Framework, frameworks } from '../support/frameworks.ts';
import { listen, type RunningServer, send } from '../support/requests.ts';
import { type AuthorizationServer, startAuthorizationServer } from './oidc-provider.ts';
import { API, MACHINE } from './oidc-provider-configuration.ts';

// A live oidc-provider that binds tokens and asks for nonces, clients of others, and an API of ours
// that accepts nothing but bound tokens, each with a nonce of its own.

const insecure = { [oauth.allowInsecureRequests]: true };
const nonce = { secrets: ['a secret of a test: thirty-two bytes and some more'] } as const;

let authorizationServer: AuthorizationServer;

beforeAll(async () => {
  authorizationServer = await startAuthorizationServer({ nonces: true });
});

afterAll(() => authorizationServer.close());

/** The API, which notes the status of each of its answers. */
async function startApi(framework: Framework) {
  const server = await listen();
  const statuses: number[] = [];
  const { issuer } = authorizationServer;
  const app = framework.createApp(({ use, route }) => {
    use(
      framework.authenticate({
        issuer: oidcProvider({ issuer, kindClaim: 'sub_type' }),
        audience: API,
        dpop: { mode: 'required', publicUrls: server.origin, nonce },
      }),
    );
    route('/me', ({ principal }) => principal);
  });
  server.serve((request, response) => {
    response.on('finish', () => statuses.push(response.statusCode));
    app.listener(request, response);
  });
  return { server, statuses, url: new URL('/me', server.origin) };
}

describe.each(frameworks)('bound tokens of oidc-provider in $name', (framework) => {
  let api: { readonly server: RunningServer; readonly statuses: number[]; readonly url: URL };

  beforeAll(async () => {
    api = await startApi(framework);
  });

  afterAll(() => api.server.close());

  it.each(['ES256', 'Ed25519'])(
    'are used by openid-client, which answers both nonces by itself: %s',
    async (algorithm) => {
      const configuration = await client.discovery(
        new URL(authorizationServer.issuer),
        MACHINE.id,
        undefined,
        client.ClientSecretBasic(MACHINE.secret),
        { execute: [client.allowInsecureRequests] },
      );
      const DPoP = client.getDPoPHandle(configuration, await client.randomDPoPKeyPair(algorithm));
      const parameters = { resource: API, scope: 'read:users' };
      const tokens = await client.clientCredentialsGrant(configuration, parameters, { DPoP });
      expect(tokens.token_type).toBe('dpop');

      api.statuses.length = 0;
      const call = () =>
        client.fetchProtectedResource(
          configuration,
          tokens.access_token,
          api.url,
          'GET',
          null,
          undefined,
          { DPoP },
        );
      expect(await (await call()).json()).toMatchObject({
        kind: 'client',
        clientId: MACHINE.id,
        confirmation: { jkt: await DPoP.calculateThumbprint() },
      });
      expect((await call()).status).toBe(200);
      expect(api.statuses).toEqual([401, 200, 200]);
    },
  );

  it('are used by oauth4webapi, which reads the nonce of the challenge', async () => {
    const { token, DPoP } = await boundTokenByOauth4webapi();
    const call = () =>
      oauth.protectedResourceRequest(token, 'GET', api.url, undefined, null, { DPoP, ...insecure });
    const refused = await call().catch((error: unknown) => error);
    expect(oauth.isDPoPNonceError(refused)).toBe(true);
    expect((await call()).status).toBe(200);
  });

  it('are refused as Bearer tokens, and unbound ones are refused', async () => {
    const { token } = await boundTokenByOauth4webapi();
    const unbound = await authorizationServer.clientToken({ resource: API });
    for (const each of [token, unbound]) {
      const headers = { authorization: `Bearer ${each}` };
      const refused = await fetch(api.url, { headers });
      expect(refused.status).toBe(401);
      expect(refused.headers.get('www-authenticate')).toMatch(/^DPoP .*error="invalid_token"/);
    }
  });
});

async function boundTokenByOauth4webapi() {
  const url = new URL(authorizationServer.issuer);
  const metadata = await oauth.processDiscoveryResponse(
    url,
    await oauth.discoveryRequest(url, insecure),
  );
  const self = { client_id: MACHINE.id };
  const DPoP = oauth.DPoP({}, await oauth.generateKeyPair('ES256'));
  const ask = async () =>
    oauth.processClientCredentialsResponse(
      metadata,
      self,
      await oauth.clientCredentialsGrantRequest(
        metadata,
        self,
        oauth.ClientSecretBasic(MACHINE.secret),
        new URLSearchParams({ resource: API }),
        { DPoP, ...insecure },
      ),
    );
  const tokens = await ask().catch((error: unknown) => {
    if (oauth.isDPoPNonceError(error)) return ask();
    throw error;
  });
  return { token: tokens.access_token, DPoP };
}

describe.each(frameworks)('proofs of the package dpop in $name', (framework) => {
  const { issuer, jwks, aUserToken } = testIssuer({ audience: API });
  const preset = authly({ issuer, jwks });
  const open: ResourceServer[] = [];

  afterEach(() => {
    for (const server of open.splice(0)) server.close();
  });

  it.each(['ES256', 'Ed25519', 'RS256', 'PS256'] as const)(
    'by %s are accepted once, with and without nonces',
    async (algorithm) => {
      const keys = await dpop.generateKeyPair(algorithm);
      // Its thumbprint, too, is not ours.
      const token = aUserToken({ cnf: { jkt: await dpop.calculateThumbprint(keys.publicKey) } });
      const headersFor = async (htu: string, known?: string) => ({
        authorization: `DPoP ${token}`,
        dpop: await dpop.generateProof(keys, htu, 'GET', known, token),
      });
      const appWith = (options: DpopOptions) => {
        const dpop = { mode: 'required', ...options } as const;
        const resourceServer = createResourceServer({ issuer: preset, audience: API, dpop });
        open.push(resourceServer);
        return framework.createApp(({ use, route }) => {
          use(framework.authenticate(resourceServer));
          route('/me', () => 'in');
        });
      };

      const plain = appWith({});
      const headers = await headersFor(`${API}/me`);
      expect((await send(plain, { path: '/me?a=1', headers })).status).toBe(200);
      expect((await send(plain, { path: '/me', headers })).body).toMatchObject({
        error: 'invalid_dpop_proof',
      });
      const elsewhere = await headersFor(`${API}/other`);
      expect((await send(plain, { path: '/me', headers: elsewhere })).status).toBe(401);

      const asking = appWith({ nonce });
      const refused = await send(asking, { path: '/me', headers: await headersFor(`${API}/me`) });
      expect(refused.body).toMatchObject({ error: 'use_dpop_nonce' });
      const given = refused.headers['dpop-nonce'];
      const again = await headersFor(`${API}/me`, given);
      expect((await send(asking, { path: '/me', headers: again })).status).toBe(200);
    },
  );
});
