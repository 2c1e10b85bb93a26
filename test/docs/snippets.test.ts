import { authly } from '@authly/core/providers';
import { type TestIssuer, tampered, testIssuer } from '@authly/testing';
import supertest from 'supertest';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

// The snippets name real providers. Here their addresses are answered in this process, with real
// keys and tokens in the shape of each provider's.
const auth0 = testIssuer({
  issuer: 'https://acme.eu.auth0.com/',
  audience: 'https://api.acme.com',
});
const tenant = '8a1f2c34-5b6d-4e7f-9a0b-1c2d3e4f5a6b';
const entra = testIssuer({
  issuer: `https://login.microsoftonline.com/${tenant}/v2.0`,
  audience: 'c0ffee00-1111-4222-8333-444455556666',
});
const own = testIssuer({ issuer: 'https://auth.acme.com', audience: 'https://api.acme.com' });
const cognito = testIssuer({
  issuer: 'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Zk3Pq9',
});
const local = testIssuer();
const localPreset = authly({ issuer: local.issuer, jwks: local.jwks });

beforeAll(() => {
  vi.stubGlobal('fetch', answer);
});

afterAll(() => {
  vi.unstubAllGlobals();
});

async function answer(input: string | URL | Request): Promise<Response> {
  const url = String(input instanceof Request ? input.url : input);
  const issuer = [auth0, entra, own, cognito].find(({ issuer }) => url.startsWith(issuer));
  if (issuer === undefined) return new Response('', { status: 404 });
  if (/\/jwks(?:\.json)?$/.test(url)) return Response.json(issuer.jwks);
  return Response.json({ issuer: issuer.issuer, jwks_uri: `${issuer.issuer}/jwks` });
}

/** A token without what is special about tokens of `@authly/issuer`. */
function foreign({ aToken }: TestIssuer, claims: object): string {
  const none = { sub_type: undefined, client_id: undefined };
  return aToken({ ...none, ...claims }, { header: { typ: 'JWT' } });
}

const auth0User = (claims = {}) =>
  foreign(auth0, { sub: 'auth0|17', azp: 'web-app', scope: 'read:users', ...claims });
const auth0Machine = () =>
  foreign(auth0, {
    sub: 'sync@clients',
    azp: 'sync',
    gty: 'client-credentials',
    scope: 'read:users',
  });

describe.each([
  ['express', async () => (await import('./snippets/express.ts')).app],
  ['koa', async () => (await import('./snippets/koa.ts')).app.callback()],
] as const)('the snippet for %s', (_, load) => {
  it('tells a user from a machine, and refuses a missing token, a bad token and a missing scope', async () => {
    const api = supertest(await load());
    const asked = (token: string) => api.get('/users').auth(token, { type: 'bearer' });
    expect((await asked(auth0User())).body).toEqual({ user: 'auth0|17', app: 'web-app' });
    expect((await asked(auth0Machine())).body).toEqual({ service: 'sync' });
    expect((await api.get('/users')).status).toBe(401);
    expect((await asked(tampered(auth0User()))).status).toBe(401);
    expect((await asked(auth0User({ scope: 'read:orders' }))).status).toBe(403);
  });
});

describe('the snippet for guards', () => {
  const { aUserToken, aClientToken, audience } = local;
  const now = () => Math.floor(Date.now() / 1000);
  const strong = () => ({ acr: 'urn:acme:mfa', auth_time: now() });

  it.each([
    ['DELETE', '/orders/1', 'a user', aUserToken({ scope: 'write:orders' }), 204],
    [
      'DELETE',
      '/orders/1',
      'an agent',
      aUserToken({ scope: 'write:orders', act: { sub: 'bot' } }),
      403,
    ],
    ['DELETE', '/orders/1', 'a machine', aClientToken({ scope: 'write:orders' }), 403],
    ['POST', '/export', 'the listed machine', aClientToken(), 204],
    ['POST', '/export', 'another machine', aClientToken({ client_id: 'other' }), 403],
    ['POST', '/export', 'an admin', aUserToken({ roles: ['admin'] }), 204],
    ['POST', '/export', 'a user', aUserToken(), 403],
    ['POST', '/payments', 'a user just signed in', aUserToken(strong()), 204],
    [
      'POST',
      '/payments',
      'a user long signed in',
      aUserToken({ ...strong(), auth_time: now() - 999 }),
      401,
    ],
    ['POST', '/payments', 'a machine', aClientToken(strong()), 403],
  ] as const)('%s %s by %s', async (method, path, _, token, status) => {
    const { createApp } = await import('./snippets/guards/combined.ts');
    const api = supertest(createApp(localPreset, audience));
    const request = method === 'POST' ? api.post(path) : api.delete(path);
    expect((await request.auth(token, { type: 'bearer' })).status).toBe(status);
  });
});

describe('the snippet for several issuers', () => {
  const entraUser = (claims = {}) => ({
    ...{
      tid: tenant,
      oid: 'o-17',
      sub: 's-17',
      azp: 'web',
      scp: 'read',
      idtyp: 'user',
      ver: '2.0',
    },
    ...claims,
  });

  it('reads the tokens of each by its own preset', async () => {
    const { resourceServer } = await import('./snippets/keys/several-issuers.ts');
    const cognitoUser = {
      token_use: 'access',
      client_id: '6k2v9h',
      username: 'ada',
      aud: undefined,
    };
    const seen = await Promise.all(
      [foreign(entra, entraUser()), own.aClientToken(), foreign(cognito, cognitoUser)].map(
        (token) => resourceServer.verify(token),
      ),
    );
    expect(seen.map(({ kind }) => kind)).toEqual(['user', 'client', 'user']);
  });

  it("refuses a token of one for another's audience", async () => {
    const { app } = await import('./snippets/keys/several-issuers.ts');
    const asked = (token: string) => supertest(app).get('/').auth(token, { type: 'bearer' });
    expect((await asked(own.aUserToken())).status).toBe(404);
    expect((await asked(own.aUserToken({ aud: entra.audience }))).status).toBe(401);
    expect((await asked(foreign(entra, entraUser({ aud: own.audience })))).status).toBe(401);
  });
});

it('the snippet for optional authentication refuses anonymous requests on the routes that need a caller', async () => {
  const { createApp } = await import('./snippets/guards/optional.ts');
  const api = supertest(createApp(localPreset, local.audience));
  const token = local.aUserToken({ sub: 'u-17' });
  expect((await api.get('/articles')).body).toEqual({ drafts: false });
  expect((await api.get('/articles').auth(token, { type: 'bearer' })).body).toEqual({
    drafts: true,
  });
  expect((await api.get('/articles').auth(tampered(token), { type: 'bearer' })).status).toBe(401);
  expect((await api.get('/me')).status).toBe(401);
  expect((await api.get('/me').auth(token, { type: 'bearer' })).body).toEqual({ user: 'u-17' });
});

it('the snippets that explain a refusal give its reason', async () => {
  const { refusals, resourceServer, why } = await import('./snippets/observability/events.ts');
  const token = foreign(auth0, { sub: 'nobody', azp: 'web-app' });
  await expect(resourceServer.verify(token)).rejects.toMatchObject({ code: 'invalid_token' });
  const { issuer: issuerName } = auth0;
  expect(refusals).toContainEqual({
    type: 'request.refused',
    code: 'invalid_token',
    reason: 'principal_ambiguous',
    issuerName,
  });
  expect(await why(token)).toMatchObject({
    failed: { step: 'principal', reason: 'principal_ambiguous' },
    rule: 'no mark of a user or of a client',
    claims: { iss: issuerName, aud: 'https://api.acme.com', sub: '[hidden string]' },
  });
});

it('the snippets for issuing give a machine and a user tokens that an API accepts', async () => {
  const { accessToken, app, issuer, secret } = await import('./snippets/issuer/issuing.ts');
  const { createResourceServer } = await import('@authly/core');
  const { issuer: url } = issuer;
  const server = createResourceServer({
    issuer: authly({ issuer: url, jwks: issuer.jwks() }),
    audience: 'https://api.acme.com',
  });
  const { body } = await supertest(app)
    .post('/token')
    .auth('nightly-sync', secret)
    .type('form')
    .send({ grant_type: 'client_credentials' })
    .expect(200);
  expect(await server.verify(body.access_token)).toMatchObject({
    kind: 'client',
    clientId: 'nightly-sync',
    scopes: ['read:users'],
  });
  expect(await server.verify(accessToken)).toMatchObject({
    kind: 'user',
    userId: 'google|110169484474386276334',
    claims: { email: 'ada@acme.com' },
  });
});

describe('the snippets of the packages', () => {
  it('of core verify a token and evaluate a scope', async () => {
    const { callerOf } = await import('./snippets/packages/core.ts');
    expect(await callerOf(auth0User({ scope: 'write:orders' }))).toBe('user auth0|17');
    await expect(callerOf(auth0User())).rejects.toMatchObject({ code: 'insufficient_scope' });
  });

  it('of issuer serve a token endpoint', async () => {
    const { app, secret } = await import('./snippets/packages/issuer.ts');
    const request = supertest(app).post('/token').auth('nightly-sync', secret).type('form');
    const { body } = await request.send({ grant_type: 'client_credentials' }).expect(200);
    expect(body).toMatchObject({ token_type: 'Bearer', scope: 'read:orders' });
  });

  it('of testing mint the tokens of a provider', async () => {
    const { machine, user } = await import('./snippets/packages/testing.ts');
    expect([machine.kind, user.kind]).toEqual(['client', 'user']);
  });

  it('of mcp guard tools, and tell the SDK who is calling', async () => {
    const { createApp } = await import('./snippets/packages/mcp.ts');
    const api = supertest(
      createApp(localPreset, (req, res) => {
        res.json({ clientId: Object(Reflect.get(req, 'auth')).clientId });
      }),
    );
    const call = (name: string, token: string) =>
      api
        .post('/mcp')
        .auth(token, { type: 'bearer' })
        .send({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name } });
    const token = local.aClientToken({ aud: 'https://mcp.acme.com/mcp', client_id: 'sync' });
    expect((await call('whoami', token)).body).toEqual({ clientId: 'sync' });
    expect((await call('add_note', token)).status).toBe(403);
    expect((await call('other', token)).status).toBe(403);
  });
});
