import { createPublicKey } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { clientSecretBasic, tokenSource } from '@authly/client';
import {
  anyOf,
  authErrorHandler,
  authenticate,
  authorize,
  claim,
  findPrincipal,
  requireRole,
  role,
} from '@authly/express';
import { keycloak } from '@authly/express/providers';
import express, { type ErrorRequestHandler, type RequestHandler } from 'express';
import Keycloak from 'keycloak-connect';
import { afterAll, expect, onTestFinished } from 'vitest';
import { ask, statuses } from './answers.ts';
import { during, startProvider } from './provider.ts';
import { describeTable } from './table.ts';

const provider = await startProvider('keycloak');
afterAll(() => provider.close());
const { issuer, audience, origin, aUserToken, aClientToken, aIdToken } = provider;
const preset = () => keycloak(issuer);

const CONFIG = {
  realm: 'acme',
  'auth-server-url': origin,
  resource: audience,
  'bearer-only': true,
  'ssl-required': 'external',
  'confidential-port': 0,
};

const show: RequestHandler = (req, res) => {
  const grant: unknown = Reflect.get(req, 'kauth')?.grant?.access_token?.content;
  const caller = findPrincipal(req);
  const id = caller?.kind === 'client' ? caller.subject : caller?.userId;
  res.json({ theirs: grant, ours: caller?.claims, kind: caller?.kind, id });
};

function api(...handlers: readonly (RequestHandler | ErrorRequestHandler)[]) {
  const app = express();
  for (const handler of handlers) app.use(handler);
  app.use(show, authErrorHandler());
  return app;
}

/** `protect(…)` by the same Keycloak whose middleware stands before it. */
function theirs(spec?: Parameters<Keycloak.Keycloak['protect']>[0], config: object = {}) {
  const connect = new Keycloak({}, { ...CONFIG, ...config });
  return api(...connect.middleware(), connect.protect(spec));
}

const ours = (...guards: readonly RequestHandler[]) =>
  api(authenticate({ issuer: preset(), audience }), ...guards);

const roles = (realm: readonly string[], own: readonly string[] = []) => ({
  token: aUserToken({
    realm_access: { roles: realm },
    resource_access: { [audience]: { roles: own }, other: { roles: ['reader'] } },
  }),
});

describeTable('keycloak-connect', {
  '`auth-server-url` and `realm`': async () => {
    expect(await statuses(theirs(), ours(), { token: aUserToken() })).toEqual([200, 200]);
    expect(() => keycloak(`${issuer}/`)).toThrow();
  },
  '`keycloak.protect()`': async () => {
    const [before, after] = [theirs(), ours()];
    expect(await statuses(before, after)).toEqual([403, 401]);
    expect(await ask(before)).toMatchObject({ text: 'Access denied', challenge: undefined });
    expect(await ask(after)).toMatchObject({
      challenge: 'Bearer realm="api"',
      body: { error: 'missing_credentials' },
    });
    const bad = { token: aUserToken({}, { expiresInSec: -60 }) };
    expect(await statuses(before, after, bad)).toEqual([403, 401]);
  },
  'no check of the audience': async () => {
    const account = { token: aUserToken({ aud: 'account' }) };
    expect(await statuses(theirs(), ours(), account)).toEqual([200, 401]);
    expect(() => authenticate({ issuer: preset() } as never)).toThrow(/audience/);
  },
  '`verify-token-audience: true`': async () => {
    const before = theirs(undefined, { 'verify-token-audience': true });
    expect(await statuses(before, ours(), { token: aUserToken({ aud: 'account' }) })).toEqual([
      403, 401,
    ]);
    expect(await statuses(before, ours(), { token: aUserToken() })).toEqual([200, 200]);
  },
  "`protect('realm:x')`, `token.hasRealmRole('x')`": async () => {
    const [before, after] = [theirs('realm:x'), ours(requireRole('x'))];
    expect(await statuses(before, after, roles(['x']))).toEqual([200, 200]);
    expect(await statuses(before, after, roles(['y'], ['x']))).toEqual([403, 403]);
  },
  "`protect('x')`, `token.hasRole('x')`": async () => {
    const [before, after] = [theirs('reader'), ours(requireRole(`${audience}:reader`))];
    expect(await statuses(before, after, roles([], ['reader']))).toEqual([200, 200]);
    expect(await statuses(before, after, roles(['reader'], []))).toEqual([403, 403]);
  },
  "`protect('c:x')`, `token.hasApplicationRole('c', 'x')`": async () => {
    const [before, after] = [theirs('other:reader'), ours(requireRole('other:reader'))];
    expect(await statuses(before, after, roles([]))).toEqual([200, 200]);
    const none = { token: aUserToken({ resource_access: {} }) };
    expect(await statuses(before, after, none)).toEqual([403, 403]);
  },
  "`protect('a', 'b')`": async () => {
    const connect = new Keycloak({}, CONFIG);
    // The second role is dropped without a word.
    const guard = Reflect.apply(connect.protect, connect, ['realm:a', 'realm:b']);
    const before = api(...connect.middleware(), guard);
    expect(await statuses(before, ours(requireRole('a', 'b')), roles(['a']))).toEqual([200, 403]);
    const either = ours(authorize(anyOf(role('a'), role('b'))));
    expect(await statuses(before, either, roles(['b']))).toEqual([403, 200]);
  },
  '`protect((token, req) => …)`': async () => {
    const before = theirs((token) => Reflect.get(token, 'content')['plan'] === 'pro');
    const after = ours(authorize(claim(({ plan }) => plan === 'pro', 'plan pro')));
    expect(await statuses(before, after, { token: aUserToken({ plan: 'pro' }) })).toEqual([
      200, 200,
    ]);
    expect(await statuses(before, after, { token: aUserToken() })).toEqual([403, 403]);
  },
  '`req.kauth.grant.access_token.content`': async () => {
    const token = aUserToken();
    const [before, after] = [await ask(theirs(), { token }), await ask(ours(), { token })];
    expect(after.body['ours']).toEqual(before.body['theirs']);
  },
  '`….content.sub`': async () => {
    const machine = await ask(ours(), { token: aClientToken() });
    expect(machine.body).toMatchObject({
      kind: 'client',
      id: '0f9e8d7c-0000-4000-8000-00000000ef01',
    });
    const user = await ask(ours(), { token: aUserToken() });
    expect(user.body).toMatchObject({ kind: 'user', id: 'a1b2c3d4-0000-4000-8000-00000000abcd' });
  },
  '`accessDenied` of your own': async () => {
    const handler: ErrorRequestHandler = (error, _req, res, _next) => {
      res.status(error.status).set(error.headers).type('text').send('Access denied');
    };
    const refuse = { onRefusal: 'next' } as const;
    const after = api(authenticate({ issuer: preset(), audience }, refuse), handler);
    expect(await ask(after)).toMatchObject({ status: 401, text: 'Access denied' });
  },
  '`realm-public-key`': async () => {
    const [jwk] = provider.jwks.keys;
    const pem = createPublicKey({ key: { ...jwk }, format: 'jwk' })
      .export({ type: 'spki', format: 'pem' })
      .toString();
    const plain = pem.replace(/-----[A-Z ]+-----|\s/g, '');
    const before = theirs(undefined, { 'realm-public-key': plain });
    const after = api(
      authenticate({ issuer: keycloak({ issuer, jwks: provider.jwks }), audience }),
    );
    expect(await statuses(before, after, { token: aUserToken() })).toEqual([200, 200]);
  },
  '`min-time-between-jwks-requests`': async () => {
    const keys = { unknownKidCooldownSec: 10 };
    const after = api(authenticate({ issuer: preset(), audience, keys }));
    expect(await statuses(theirs(), after, { token: aUserToken() })).toEqual([200, 200]);
  },
  'an outage of the key endpoint': async () => {
    const token = aUserToken();
    const after = api(authenticate({ issuer: preset(), audience, onEvent: () => {} }));
    expect(await during(provider, () => statuses(theirs(), after, { token }))).toEqual([403, 503]);
  },
  'ID tokens': async () => {
    expect(await statuses(theirs(), ours(), { token: aIdToken({ aud: audience }) })).toEqual([
      403, 401,
    ]);
  },
  'the login redirect, without `bearer-only`': async () => {
    const before = theirs(undefined, { 'bearer-only': false });
    expect(await statuses(before, ours())).toEqual([302, 401]);
  },
  '`new Keycloak({ store, cookies, scope, idpHint })`': async () => {
    const options = { cookies: true, scope: 'profile', idpHint: 'acme-idp' };
    const connect = new Keycloak(options, { ...CONFIG, 'bearer-only': false } as never);
    const cookies: RequestHandler = (req, _res, next) => {
      Reflect.set(req, 'cookies', {});
      next();
    };
    const before = api(cookies, ...connect.middleware(), connect.protect());
    expect(await statuses(before, ours())).toEqual([302, 401]);
    const unknown = { issuer: preset(), audience, cookies: true };
    expect(() => authenticate(unknown as never)).toThrow(/cookies/);
  },
  '`keycloak.json`, `${env.NAME}` in it': async () => {
    process.env['AUTHLY_TEST_REALM'] = 'acme';
    const before = theirs(undefined, { realm: `\${env.AUTHLY_TEST_REALM}` });
    expect(await statuses(before, ours(), { token: aUserToken() })).toEqual([200, 200]);
    delete process.env['AUTHLY_TEST_REALM'];
    expect(() => keycloak(`\${env.ISSUER}`)).toThrow();
  },
  '`credentials`, `public-client`, `ssl-required`, `confidential-port`': async () => {
    const secret = { credentials: { secret: 's-1' }, 'public-client': true };
    expect(await statuses(theirs(undefined, secret), ours(), { token: aUserToken() })).toEqual([
      200, 200,
    ]);
    expect(() => keycloak({ issuer, credentials: {} } as never)).toThrow(/credentials/);
  },
  '`grantManager.obtainFromClientCredentials()`': async () => {
    const asked: string[] = [];
    const endpoint = createServer((request, response) => {
      asked.push(`${request.method} ${request.url}`);
      response.setHeader('content-type', 'application/json');
      const granted = { access_token: aClientToken(), token_type: 'Bearer', expires_in: 300 };
      response.end(JSON.stringify(granted));
    });
    await new Promise<void>((resolve) => endpoint.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void endpoint.close());
    const { port } = endpoint.address() as AddressInfo;
    const path = '/realms/acme/protocol/openid-connect/token';
    const server = `http://127.0.0.1:${port}`;
    const secret = { secret: 's-1' };
    const config = { ...CONFIG, 'auth-server-url': server, credentials: secret };
    await new Keycloak({}, config as never).grantManager
      .obtainFromClientCredentials()
      .catch(() => undefined);
    const tokens = tokenSource({
      issuer: `${server}/realms/acme`,
      tokenEndpoint: `${server}${path}`,
      client: clientSecretBasic(audience, 's-1'),
      resource: 'https://billing.acme.com',
    });
    expect((await tokens.token()).accessToken).toContain('.');
    expect(asked).toEqual([`POST ${path}`, `POST ${path}`]);
  },
  '`middleware({ logout, admin })` with `/logout`, `/k_logout`, `/k_push_not_before`': async () => {
    const push = { method: 'POST' as const, path: '/k_push_not_before' };
    const connect = new Keycloak({}, CONFIG);
    const before = api(...connect.middleware(), connect.protect());
    const after = api(authenticate({ issuer: preset(), audience }));
    // Theirs answers the push; ours knows no such path, and guards it like any other.
    expect((await ask(after, push)).status).toBe(401);
    expect((await ask(before, { path: '/logout' })).status).toBe(302);
    expect((await ask(after, { path: '/logout' })).status).toBe(401);
  },
  '`checkSso()`, `enforcer()`': () => {
    const connect = new Keycloak({}, CONFIG);
    expect([typeof connect.checkSso, typeof connect.enforcer]).toEqual(['function', 'function']);
    expect(Object.keys(preset())).not.toContain('enforcer');
  },
});
