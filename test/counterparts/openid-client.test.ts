import { authly, rfc9068 } from '@authly/core/providers';
import { createIssuer, generateClientSecret, memoryClientStore } from '@authly/issuer';
import { generateTestKey } from '@authly/testing';
import { decodeJwt } from 'jose';
import * as oauth from 'oauth4webapi';
import * as client from 'openid-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AppOptions, type Framework, frameworks } from '../support/frameworks.ts';
import { listen, type RunningServer } from '../support/requests.ts';

const AUDIENCE = 'https://api.example.com';
const OTHER = 'https://billing.example.com';
const basic = generateClientSecret();
const post = generateClientSecret();

/** Whom openid-client plays, and how each proves who it is. */
const machines = [
  ['client_secret_basic', 'nightly-sync', client.ClientSecretBasic(basic.secret)],
  ['client_secret_post', 'reporter', client.ClientSecretPost(post.secret)],
  [
    'client_secret_post, registered for none',
    'nightly-sync',
    client.ClientSecretPost(basic.secret),
  ],
] as const;

const parsers = ['none', 'usual', 'other'] as const;
const matrix = frameworks.flatMap((framework) =>
  parsers.map((bodyParser) => ({ framework, name: framework.name, bodyParser })),
);

describe.each(matrix)('openid-client with our issuer in $name, body parser: $bodyParser', (row) => {
  let server: RunningServer;

  beforeAll(async () => {
    server = await startIssuerAndApi(row.framework, row);
  });

  afterAll(() => server.close());

  const discovered = (
    id: string,
    authentication: client.ClientAuth,
    algorithm: 'oauth2' | 'oidc',
  ) =>
    client.discovery(new URL(server.origin), id, undefined, authentication, {
      algorithm,
      execute: [client.allowInsecureRequests],
    });

  it.each(machines)(
    'gets a token by %s and calls the API with it',
    async (_, id, authentication) => {
      const configuration = await discovered(id, authentication, 'oauth2');
      const tokens = await client.clientCredentialsGrant(configuration, {
        scope: 'read:users',
        resource: AUDIENCE,
      });
      expect(tokens.token_type).toBe('bearer');
      expect(tokens.expires_in).toBe(600);
      expect(tokens.scope).toBe('read:users');
      expect(tokens.refresh_token).toBeUndefined();

      const response = await call(configuration, tokens.access_token, '/me');
      expect(response.status).toBe(200);
      expect(await response.json()).toMatchObject({
        kind: 'client',
        clientId: id,
        scopes: ['read:users'],
      });
    },
  );

  it('gets a token for the default audience of a client with several audiences, or for the one that it names', async () => {
    const configuration = await discovered('several', machines[0][2], 'oauth2');
    const audiences = [{}, { resource: OTHER }].map(async (parameters) => {
      const tokens = await client.clientCredentialsGrant(configuration, parameters);
      return decodeJwt(tokens.access_token).aud;
    });
    expect(await Promise.all(audiences)).toEqual([AUDIENCE, OTHER]);
  });

  it('finds the issuer by OpenID Connect Discovery, too', async () => {
    const [, id, authentication] = machines[0];
    const configuration = await discovered(id, authentication, 'oidc');
    expect(configuration.serverMetadata().token_endpoint).toBe(`${server.origin}/token`);
    expect(configuration.serverMetadata().supportsPKCE()).toBe(true);
    expect((await client.clientCredentialsGrant(configuration)).scope).toBe(
      'read:users write:users',
    );
  });

  it('reads our challenges: error and scope of a 403', async () => {
    const [, id, authentication] = machines[0];
    const configuration = await discovered(id, authentication, 'oauth2');
    const { access_token: token } = await client.clientCredentialsGrant(configuration, {
      scope: 'read:users',
    });
    const challenge = await challengeOf(call(configuration, token, '/admin'));
    expect(challenge).toEqual({
      status: 403,
      schemes: ['bearer'],
      parameters: {
        realm: 'api',
        error: 'insufficient_scope',
        error_description: 'The access token lacks a scope that this resource needs',
        scope: 'read:users admin',
      },
    });
  });

  it('reads our challenges: error of a 401', async () => {
    const [, id, authentication] = machines[0];
    const configuration = await discovered(id, authentication, 'oauth2');
    const challenge = await challengeOf(call(configuration, 'opaque', '/me'));
    expect(challenge).toEqual({
      status: 401,
      schemes: ['bearer'],
      parameters: {
        realm: 'api',
        error: 'invalid_token',
        error_description: 'The access token is malformed',
      },
    });
  });

  it('is refused with a wrong secret, and reads the Basic challenge', async () => {
    const wrong = client.ClientSecretBasic(generateClientSecret().secret);
    const configuration = await discovered('nightly-sync', wrong, 'oauth2');
    const challenge = await challengeOf(client.clientCredentialsGrant(configuration));
    expect(challenge.status).toBe(401);
    expect(challenge.schemes).toEqual(['basic']);
  });

  it.each([
    ['a scope that the client may not have', { scope: 'admin' }, 'invalid_scope'],
    ['a resource that it may not use', { resource: 'https://other.example' }, 'invalid_target'],
  ])('is refused %s, with the error code of OAuth', async (_, parameters, error) => {
    const [, id, authentication] = machines[0];
    const configuration = await discovered(id, authentication, 'oauth2');
    const grant = client.clientCredentialsGrant(configuration, parameters);
    await expect(grant).rejects.toMatchObject({ error, status: 400 });
  });

  it('our tokens are valid JWT access tokens to oauth4webapi (RFC 9068)', async () => {
    const [, id, authentication] = machines[0];
    const configuration = await discovered(id, authentication, 'oauth2');
    const { access_token: token } = await client.clientCredentialsGrant(configuration);
    const url = new URL(server.origin);
    const insecure = { [oauth.allowInsecureRequests]: true };
    const metadata = await oauth.processDiscoveryResponse(
      url,
      await oauth.discoveryRequest(url, { algorithm: 'oauth2', ...insecure }),
    );
    const request = new Request(url, { headers: { authorization: `Bearer ${token}` } });
    const claims = await oauth.validateJwtAccessToken(metadata, request, AUDIENCE, insecure);
    expect(claims).toMatchObject({
      iss: server.origin,
      sub: id,
      client_id: id,
      scope: 'read:users write:users',
    });
    await expect(
      oauth.validateJwtAccessToken(metadata, request.clone(), 'https://other.example', insecure),
    ).rejects.toThrow();
  });
});

/** Our issuer and an API of ours behind one origin, which finds the issuer's keys by discovery. */
async function startIssuerAndApi(
  framework: Framework,
  options: AppOptions,
): Promise<RunningServer> {
  const server = await listen();
  const issuer = createIssuer({
    issuer: server.origin,
    keys: [generateTestKey('ES256', 'key-1').privateJwk],
    clients: memoryClientStore([
      {
        clientId: 'nightly-sync',
        secretHashes: [basic.hash],
        scopes: ['read:users', 'write:users'],
        audiences: [AUDIENCE],
      },
      {
        clientId: 'several',
        secretHashes: [basic.hash],
        scopes: ['read:users'],
        audiences: [OTHER, AUDIENCE],
        defaultAudience: AUDIENCE,
      },
      {
        clientId: 'reporter',
        secretHashes: [post.hash],
        authenticationMethod: 'client_secret_post',
        scopes: ['read:users'],
        audiences: [AUDIENCE],
      },
    ]),
  });
  const { authenticate, kit, createApp } = framework;
  const app = createApp(({ use, route }) => {
    use(kit.mount(issuer.handler));
    use(authenticate({ issuer: authly(server.origin), audience: AUDIENCE }));
    use(kit.requireScope('read:users'));
    route('/me', ({ principal }) => principal);
    // Another preset may read the same tokens.
    const strict = authenticate({ issuer: rfc9068(server.origin), audience: AUDIENCE });
    route('/strict', strict, kit.requireClient(), ({ principal }) => principal);
    route('/admin', kit.requireScope('admin'), () => 'ok');
  }, options);
  server.serve(app.listener);
  return server;
}

function call(configuration: client.Configuration, token: string, path: string): Promise<Response> {
  const { issuer } = configuration.serverMetadata();
  return client.fetchProtectedResource(configuration, token, new URL(path, issuer), 'GET');
}

async function challengeOf(refused: Promise<unknown>) {
  const error = await refused.then(
    () => new Error('It was not refused'),
    (reason: unknown) => reason,
  );
  if (!(error instanceof client.WWWAuthenticateChallengeError)) throw error;
  return {
    status: error.status,
    schemes: error.cause.map(({ scheme }) => scheme),
    parameters: error.cause[0]?.parameters,
  };
}
