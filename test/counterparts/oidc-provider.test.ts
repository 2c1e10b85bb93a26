import { createResourceServer } from '@authly/core';
import { oidcProvider, rfc9068 } from '@authly/core/providers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { frameworks, type TestApp } from '../support/frameworks.ts';
import { send } from '../support/requests.ts';
import { type AuthorizationServer, startAuthorizationServer } from './oidc-provider.ts';
import { ALGORITHMS, API, apiFor, OTHER_API } from './oidc-provider-configuration.ts';

let authorizationServer: AuthorizationServer;

beforeAll(async () => {
  authorizationServer = await startAuthorizationServer();
});

afterAll(() => authorizationServer.close());

describe.each(frameworks)(
  'an API in $name with oidc-provider as authorization server',
  (framework) => {
    const { requireScope, requireClient, requireUser } = framework.kit;
    let app: TestApp;

    beforeAll(() => {
      // Its keys come by discovery, over HTTP, at the first request.
      const issuer = oidcProvider({ issuer: authorizationServer.issuer, kindClaim: 'sub_type' });
      const authenticate = framework.authenticate({ issuer, audience: API });
      app = framework.createApp(({ use, route }) => {
        use(authenticate);
        route('/me', ({ principal }) => principal);
        route('/users', requireScope('write:users'), () => 'ok');
        route('/machines', requireClient('nightly-sync'), () => 'ok');
        route('/people', requireUser(), () => 'ok');
      });
    });

    it('a token by client credentials is recognized as a client’s', async () => {
      const token = await authorizationServer.clientToken({ resource: API, scope: 'read:users' });
      const response = await send(app, { path: '/me', token });
      expect(response.status).toBe(200);
      expect(response.body).toMatchObject({
        kind: 'client',
        clientId: 'nightly-sync',
        subject: 'nightly-sync',
        issuer: authorizationServer.issuer,
        audience: [API],
        scopes: ['read:users'],
      });
      expect((await send(app, { path: '/machines', token })).status).toBe(200);
      expect((await send(app, { path: '/people', token })).status).toBe(403);
    });

    it('a user’s token is recognized as a user’s', async () => {
      const token = await authorizationServer.userToken({ resource: API, scope: 'write:users' });
      const response = await send(app, { path: '/me', token });
      expect(response.status).toBe(200);
      expect(response.body).toMatchObject({ kind: 'user', userId: 'ada', clientId: 'web-app' });
      expect((await send(app, { path: '/users', token })).status).toBe(200);
      expect((await send(app, { path: '/machines', token })).status).toBe(403);
    });

    it('a missing scope is answered with 403', async () => {
      const token = await authorizationServer.clientToken({ resource: API, scope: 'read:users' });
      const response = await send(app, { path: '/users', token });
      expect(response.status).toBe(403);
      expect(response.headers['www-authenticate']).toMatch(/, scope="write:users"$/);
    });

    it('a token for another API is answered with 401', async () => {
      const token = await authorizationServer.clientToken({ resource: OTHER_API });
      const response = await send(app, { path: '/me', token });
      expect(response.status).toBe(401);
      expect(response.body.error_description).toBe(
        'The access token is meant for another audience',
      );
    });

    it('an opaque token is answered with 401', async () => {
      const token = await authorizationServer.clientToken({});
      const response = await send(app, { path: '/me', token });
      expect(response.status).toBe(401);
      expect(response.body.error_description).toBe('The access token is malformed');
    });
  },
);

describe('tokens of oidc-provider', () => {
  it.each(ALGORITHMS)(
    'signed with %s are verified by both presets that read them',
    async (name) => {
      const audience = apiFor(name);
      const token = await authorizationServer.clientToken({ resource: audience });
      const header = Buffer.from(token.split('.')[0] ?? '', 'base64url').toString();
      expect(JSON.parse(header)).toMatchObject({ alg: name, typ: 'at+jwt' });
      const { issuer: url } = authorizationServer;
      const byClaim = oidcProvider({ issuer: url, kindClaim: 'sub_type' });
      for (const issuer of [byClaim, rfc9068(url)]) {
        const server = createResourceServer({ issuer, audience });
        await server.ready();
        expect(await server.verify(token)).toMatchObject({
          kind: 'client',
          clientId: 'nightly-sync',
        });
        server.close();
      }
    },
  );

  it('are refused by a server that does not accept their algorithm', async () => {
    const server = createResourceServer({
      issuer: oidcProvider({ issuer: authorizationServer.issuer, kindClaim: 'sub_type' }),
      audience: API,
      algorithms: ['RS256'],
    });
    const token = await authorizationServer.clientToken({ resource: API });
    await expect(async () => server.verify(token)).rejects.toMatchObject({
      reason: 'algorithm_not_allowed',
    });
    server.close();
  });
});
