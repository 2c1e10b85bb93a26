import { testIssuer } from '@authly/testing';
import supertest from 'supertest';
import { beforeAll, beforeEach, expect, it, vi } from 'vitest';

// The snippets name servers that are not there. Here their addresses are answered in this process. That
// the recipes read what real servers answer is tested by test/recorded/answers.test.ts.

const ISSUERS = [
  'https://op.acme.com',
  'https://sso.acme.com/realms/acme',
  'https://auth.acme.com',
  'https://login.acme.com',
];
const keycloak = testIssuer({ issuer: 'https://sso.acme.com/realms/acme' });
const SECRET = 'the secret of the API: + and %';

let answers: ReadonlyMap<string, object>;
let asked: { readonly url: string; readonly token: string | null; readonly by: string | null }[];

async function answer(input: string | URL | Request, init?: RequestInit): Promise<Response> {
  const request = new Request(input, init);
  const { url } = request;
  if (url.endsWith('/introspect')) {
    const token = new URLSearchParams(await request.text()).get('token');
    asked.push({ url, token, by: request.headers.get('authorization') });
    return Response.json(answers.get(token ?? '') ?? { active: false });
  }
  const issuer = ISSUERS.find((each) => url.startsWith(each));
  if (issuer === undefined) return new Response('', { status: 404 });
  if (url.endsWith('/jwks')) return Response.json(keycloak.jwks);
  return Response.json({
    issuer,
    jwks_uri: `${issuer}/jwks`,
    introspection_endpoint: `${issuer}/introspect`,
  });
}

beforeAll(() => {
  vi.stubGlobal('fetch', answer);
  process.env['INTROSPECTION_SECRET'] = SECRET;
  return () => {
    vi.unstubAllGlobals();
    delete process.env['INTROSPECTION_SECRET'];
  };
});
beforeEach(() => {
  asked = [];
  answers = new Map();
});

const exp = Math.floor(Date.now() / 1_000) + 600;
const common = { active: true, exp, aud: 'https://api.acme.com', token_type: 'Bearer' };

it('the first snippet asks the server, and serves users and machines', async () => {
  answers = new Map([
    ['opaque-user', { ...common, sub: 'dana', client_id: 'web-app' }],
    ['opaque-machine', { ...common, client_id: 'nightly' }],
    ['opaque-refresh', { ...common, token_type: undefined, sub: 'dana', client_id: 'web-app' }],
  ]);
  const { app } = await import('./snippets/opaque-tokens/start.ts');
  const me = (token: string) => supertest(app).get('/me').auth(token, { type: 'bearer' });
  const source = 'introspection';
  expect((await me('opaque-user')).body).toEqual({ kind: 'user', clientId: 'web-app', source });
  expect((await me('opaque-machine')).body).toEqual({
    kind: 'client',
    clientId: 'nightly',
    source,
  });
  expect((await me('opaque-refresh')).status).toBe(401);
  expect((await me('made-up')).status).toBe(401);
  expect(asked[0]).toMatchObject({ url: 'https://op.acme.com/introspect', token: 'opaque-user' });
  expect(asked[0]?.by).toMatch(/^Basic /);
});

it('the snippet for lightweight tokens reads from the answer what the JWT leaves out', async () => {
  const { resourceServer } = await import('./snippets/opaque-tokens/lightweight.ts');
  const claims = { typ: 'Bearer', azp: 'web-app', jti: 'onltac:1' };
  const lightweight = keycloak.aToken(
    { ...claims, sub: undefined, aud: undefined, client_id: undefined, sub_type: undefined },
    { header: { typ: 'JWT' } },
  );
  answers = new Map([
    [lightweight, { ...common, ...claims, sub: 'dana', client_id: 'web-app', username: 'dana' }],
  ]);
  expect(await resourceServer.verify(lightweight)).toMatchObject({ kind: 'user', userId: 'dana' });
  resourceServer.close();
});

it('the snippet for several issuers sends a token only to its own server', async () => {
  const { resourceServer } = await import('./snippets/opaque-tokens/several.ts');
  const ofHydra = 'ory_at_1';
  const ofSpring = 'x'.repeat(128);
  const machine = { ...common, sub: 'nightly', client_id: 'nightly' };
  answers = new Map([
    [ofHydra, { ...machine, token_use: 'access_token' }],
    [ofSpring, { ...machine, nbf: exp - 700 }],
  ]);
  expect((await resourceServer.verify(ofHydra)).kind).toBe('client');
  expect((await resourceServer.verify(ofSpring)).kind).toBe('client');
  await expect(resourceServer.verify('neither')).rejects.toMatchObject({
    reason: 'issuer_unknown',
  });
  expect(asked.map(({ url, token }) => [url, token])).toEqual([
    ['https://hydra-admin.acme.internal/admin/oauth2/introspect', ofHydra],
    ['https://auth.acme.com/introspect', ofSpring],
  ]);
  resourceServer.close();
});

it('the snippet for shared answers saves a second process its question, and the store sees no claims', async () => {
  const { sharedAnswers } = await import('./snippets/opaque-tokens/store.ts');
  const { createResourceServer } = await import('@authly/core');
  const { oidcProvider } = await import('@authly/core/providers');
  const stored = new Map<string, Buffer>();
  const redis = {
    getBuffer: async (key: string) => stored.get(key) ?? null,
    set: async (key: string, value: Buffer) => stored.set(key, value),
  };
  const asks = vi.fn(async () => ({ ...common, sub: 'dana', client_id: 'web-app' }));
  const aProcess = () =>
    createResourceServer({
      issuer: oidcProvider({ issuer: 'https://op.acme.com', subjectNamespaces: 'disjoint' }),
      audience: 'https://api.acme.com',
      introspection: { ask: asks, cache: sharedAnswers(redis, 's'.repeat(32)) },
    });
  const [first, second] = [aProcess(), aProcess()];
  await first.verify('opaque-user');
  await vi.waitFor(() => expect(stored.size).toBe(1));
  expect((await second.verify('opaque-user')).kind).toBe('user');
  expect(asks).toHaveBeenCalledTimes(1);
  const [[id = '', bytes] = []] = stored;
  expect(`${id} ${bytes?.toString('latin1')}`).not.toMatch(/opaque-user|dana/);
  first.close();
  second.close();
});
