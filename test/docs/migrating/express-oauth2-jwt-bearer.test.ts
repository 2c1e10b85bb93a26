import { Agent } from 'node:http';
import type { TLSSocket } from 'node:tls';
import {
  authErrorHandler,
  authenticate,
  authorize,
  claim,
  findPrincipal,
  headerCertificate,
  isAuthError,
  principalOf,
  requireAnyScope,
  requirePermission,
  requireScope,
  requireTenant,
  socketCertificate,
} from '@authly/express';
import { auth0, rfc9068 } from '@authly/express/providers';
import { aProof, generateTestKey, testCertificate } from '@authly/testing';
import express, { type ErrorRequestHandler, type RequestHandler } from 'express';
import {
  type AuthOptions,
  type AuthResult,
  auth,
  claimCheck,
  claimEquals,
  claimIncludes,
  type GetCertificate,
  InsufficientScopeError,
  InvalidTokenError,
  requiredScopes,
  scopeIncludesAny,
} from 'express-oauth2-jwt-bearer';
import { afterAll, expect } from 'vitest';
import { sendByTls, serveTls } from '../../support/tls.ts';
import { type Api, ask, statuses } from './answers.ts';
import { during, startProvider } from './provider.ts';
import { describeTable } from './table.ts';

const provider = await startProvider('auth0');
afterAll(() => provider.close());
const { issuer, audience, jwksUri, aUserToken, aIdToken } = provider;

const preset = () => auth0({ issuer });

/** `req.auth`, which the MCP SDK declares as something else in this workspace. */
function authOf(req: object): AuthResult | undefined {
  return Reflect.get(req, 'auth');
}

function api(...handlers: readonly RequestHandler[]) {
  const app = express();
  app.use(express.urlencoded({ extended: false }));
  for (const handler of handlers) app.use(handler);
  app.use((req, res) => {
    const caller = findPrincipal(req);
    res.json({ theirs: authOf(req)?.payload, ours: caller?.claims, kind: caller?.kind });
  });
  app.use(authErrorHandler());
  return app;
}

const theirs = (options: AuthOptions = {}, ...guards: readonly RequestHandler[]) =>
  api(auth({ issuerBaseURL: issuer, audience, ...options }), ...guards);

const ours = (...guards: readonly RequestHandler[]) =>
  api(authenticate({ issuer: preset(), audience }), ...guards);

const isPast = (now: () => number) =>
  claim(({ iat }) => typeof iat === 'number' && iat > now(), 'issued now');

/** A key, a token that is bound to it, and requests that prove it. */
function bound() {
  const key = generateTestKey('ES256');
  const token = aUserToken({}, { boundTo: key });
  const url = 'https://api.acme.com/';
  const send = (options: object = {}) => ({
    authorization: `DPoP ${token}`,
    headers: {
      dpop: aProof({ key, token, url, ...options }),
      host: 'api.acme.com',
      'x-forwarded-proto': 'https',
    },
  });
  return { key, token, send };
}

/** Behind a proxy that ends TLS: theirs computes the URL of a proof from what the proxy says. */
function theirsBehindProxy(options: AuthOptions = {}) {
  const app = express().set('trust proxy', true);
  app.use(auth({ issuerBaseURL: issuer, audience, ...options }));
  app.get('/', (_req, res) => void res.json({}));
  return app;
}

function oursWithDpop(dpop: object = {}) {
  const mode = { publicUrls: 'https://api.acme.com', ...dpop };
  return api(authenticate({ issuer: preset(), audience, dpop: mode, onEvent: () => {} }));
}

/** The certificate that Azure's front door forwards, whoever the client is. */
const fromAnybody: GetCertificate = (req) => {
  const value = req.get('x-arr-clientcert');
  return value === undefined ? undefined : Buffer.from(value, 'base64');
};

/** Two APIs behind a proxy that ends TLS and hands certificates on. */
function behindProxy({
  required = false,
  proxies = '127.0.0.1',
  ...more
}: {
  readonly required?: boolean;
  readonly proxies?: string;
  readonly dpop?: object;
} = {}): [Api, Api] {
  const certificate = headerCertificate({ format: 'base64-der', proxies: [proxies] });
  const mtls = { mode: required ? ('required' as const) : ('when-bound' as const), certificate };
  return [
    theirs({ mtls: { enabled: true, required }, getCertificate: fromAnybody }),
    api(authenticate({ issuer: preset(), audience, mtls, onEvent: () => {}, ...more })),
  ];
}

/** A token that is bound to a certificate, and the header that a proxy sends with it. */
async function withCertificate() {
  const certificate = await testCertificate();
  const token = aUserToken({}, { boundTo: certificate });
  const value = Buffer.from(certificate.der).toString('base64');
  return { certificate, token, headers: { 'x-arr-clientcert': value } };
}

describeTable('express-oauth2-jwt-bearer', {
  '`auth({ issuerBaseURL, audience })`': async () => {
    const [before, after] = [theirs(), ours()];
    expect(await statuses(before, after, { token: aUserToken() })).toEqual([200, 200]);
    expect(await statuses(before, after)).toEqual([401, 401]);
    expect((await ask(before)).challenge).toContain('Bearer realm="api"');
    expect((await ask(after)).challenge).toBe('Bearer realm="api"');
    const wrong = { token: aUserToken({ aud: 'https://other.acme.com' }) };
    expect(await statuses(before, after, wrong)).toEqual([401, 401]);
    expect((await ask(after, wrong)).body).toMatchObject({ error: 'invalid_token' });
    expect((await ask(before, wrong)).text).toContain('<html');
  },
  '`issuer` and `jwksUri`': async () => {
    const before = api(auth({ issuer, jwksUri, audience }));
    const after = api(authenticate({ issuer: auth0({ issuer, jwksUri }), audience }));
    expect(await statuses(before, after, { token: aUserToken() })).toEqual([200, 200]);
  },
  '`publicKey`': async () => {
    const publicKey = { keys: provider.jwks.keys.map((key) => ({ ...key })) };
    const before = api(auth({ issuer, publicKey, audience }));
    const after = api(authenticate({ issuer: auth0({ issuer, jwks: provider.jwks }), audience }));
    expect(await statuses(before, after, { token: aUserToken() })).toEqual([200, 200]);
    expect(() => auth0({ issuer, jwks: '-----BEGIN PUBLIC KEY-----' as never })).toThrow(/jwks/);
  },
  '`tokenSigningAlg`': async () => {
    const before = theirs({ tokenSigningAlg: 'PS256' });
    const after = api(authenticate({ issuer: preset(), audience, algorithms: ['PS256'] }));
    expect(await statuses(before, after, { token: aUserToken() })).toEqual([401, 401]);
  },
  '`clockTolerance`': async () => {
    const before = theirs({ clockTolerance: 60 });
    const after = api(authenticate({ issuer: preset(), audience, clockToleranceSec: 60 }));
    const late = { token: aUserToken({}, { expiresInSec: -30 }) };
    expect(await statuses(before, after, late)).toEqual([200, 200]);
    expect(await statuses(theirs(), ours(), late)).toEqual([401, 401]);
  },
  '`cacheMaxAge`, `cache`, `cooldownDuration`, `timeoutDuration`': async () => {
    const keys = { freshForSec: 600, unknownKidCooldownSec: 30, fetchTimeoutMs: 5000 };
    const after = api(authenticate({ issuer: preset(), audience, keys }));
    const before = theirs({
      cacheMaxAge: 600_000,
      cooldownDuration: 30_000,
      timeoutDuration: 5000,
    });
    expect(await statuses(before, after, { token: aUserToken() })).toEqual([200, 200]);
    provider.asked.length = 0;
    for (let index = 0; index < 8; index++) {
      const unknown = { token: aUserToken({}, { header: { kid: `k-${index}` } }) };
      expect(await statuses(before, after, unknown)).toEqual([401, 401]);
    }
    // Ours has three attempts in hand, for a key that was published just now.
    const fetched = provider.asked.filter((path) => path.includes('jwks'));
    expect(fetched.length).toBeLessThanOrEqual(4);
  },
  '`agent`': async () => {
    const connections: string[] = [];
    const agent = new Agent();
    const connect = agent.createConnection.bind(agent);
    agent.createConnection = (...given) => {
      connections.push('theirs');
      return connect(...given);
    };
    const fetch: typeof globalThis.fetch = (...given) => {
      connections.push('ours');
      return globalThis.fetch(...given);
    };
    const after = api(authenticate({ issuer: auth0({ issuer, fetch }), audience }));
    expect(await statuses(theirs({ agent }), after, { token: aUserToken() })).toEqual([200, 200]);
    expect(new Set(connections)).toEqual(new Set(['theirs', 'ours']));
  },
  '`strict: true`': async () => {
    const before = theirs({ strict: true });
    const after = api(authenticate({ issuer: rfc9068({ issuer, jwksUri }), audience }));
    const strict = { iat: 1, jti: 'j-1', client_id: 'web-app' };
    const [loose, typed] = [aUserToken(), aUserToken(strict, { header: { typ: 'at+jwt' } })];
    expect(await statuses(before, after, { token: loose })).toEqual([401, 401]);
    expect(await statuses(before, after, { token: typed })).toEqual([200, 200]);
  },
  '`authRequired: false`': async () => {
    const before = theirs({ authRequired: false });
    const after = api(authenticate({ issuer: preset(), audience }, { optional: true }));
    expect(await statuses(before, after)).toEqual([200, 200]);
    const bad = { token: aUserToken({}, { expiresInSec: -60 }) };
    expect(await statuses(before, after, bad)).toEqual([200, 401]);
  },
  '`maxTokenAge`': async () => {
    const before = theirs({ maxTokenAge: 60 });
    const after = ours(authorize(isPast(() => Date.now() / 1000 - 60)));
    const old = { token: aUserToken({}, { issuedInSec: -120 }) };
    expect(await statuses(before, after, { token: aUserToken() })).toEqual([200, 200]);
    expect(await statuses(before, after, old)).toEqual([401, 403]);
    expect((await ask(after, old)).challenge).toBeUndefined();
  },
  '`validators: { org_id }`': async () => {
    const before = theirs({ validators: { org_id: (value) => value === 'org_4b2' } });
    const after = ours(authorize(claim(({ org_id }) => org_id === 'org_4b2', 'org org_4b2')));
    expect(await statuses(before, after, { token: aUserToken() })).toEqual([200, 200]);
    const other = { token: aUserToken({ org_id: 'org_9' }) };
    expect(await statuses(before, after, other)).toEqual([401, 403]);
  },
  '`mcd: { issuers }`': async () => {
    const before = api(auth({ mcd: { issuers: [issuer] }, audience }));
    const after = api(authenticate({ issuers: [{ ...preset(), audience }] }));
    expect(await statuses(before, after, { token: aUserToken() })).toEqual([200, 200]);
    const foreign = { token: aUserToken({ iss: 'https://other.eu.auth0.com/' }) };
    expect(await statuses(before, after, foreign)).toEqual([401, 401]);
  },
  "`requiredScopes('a b')`": async () => {
    const before = theirs({}, requiredScopes('a b'));
    const after = ours(requireScope('a', 'b'));
    expect(await statuses(before, after, { token: aUserToken({ scope: 'b a' }) })).toEqual([
      200, 200,
    ]);
    const token = aUserToken({ scope: 'a' });
    expect(await statuses(before, after, { token })).toEqual([403, 403]);
    for (const app of [before, after])
      expect((await ask(app, { token })).challenge).toMatch(
        /error="insufficient_scope".*scope="a b"/,
      );
  },
  "`scopeIncludesAny('x w')`": async () => {
    const before = theirs({}, scopeIncludesAny('x w'));
    const after = ours(requireAnyScope('x', 'w'));
    expect(await statuses(before, after, { token: aUserToken({ scope: 'w' }) })).toEqual([
      200, 200,
    ]);
    const token = aUserToken({ scope: 'a' });
    expect(await statuses(before, after, { token })).toEqual([403, 403]);
    expect((await ask(before, { token })).challenge).toContain('scope="x w"');
    expect((await ask(after, { token })).challenge).toContain('scope="x"');
  },
  "`claimEquals('org_id', …)`, `claimIncludes('permissions', 'a')`": async () => {
    const before = theirs({}, claimEquals('org_id', 'org_4b2'), claimIncludes('permissions', 'a'));
    const after = ours(
      authorize(claim(({ org_id }) => org_id === 'org_4b2', 'org org_4b2')),
      authorize(claim((claims) => [claims['permissions']].flat().includes('a'), 'permission a')),
    );
    expect(await statuses(before, after, { token: aUserToken({ permissions: ['a'] }) })).toEqual([
      200, 200,
    ]);
    const token = aUserToken({ org_id: 'org_9' });
    expect(await statuses(before, after, { token })).toEqual([401, 403]);
    expect((await ask(before, { token })).challenge).toContain('error="invalid_token"');
    expect((await ask(after, { token })).challenge).toBeUndefined();
    const guards = ours(requireTenant('org_4b2'), requirePermission('a'));
    const good = { token: aUserToken({ permissions: ['a'] }) };
    expect(await statuses(after, guards, good)).toEqual([200, 200]);
    expect(await statuses(after, guards, { token })).toEqual([403, 403]);
    expect(
      await statuses(after, guards, { token: aUserToken({ permissions: undefined }) }),
    ).toEqual([403, 403]);
    // A test that takes for granted what a token may lack.
    const throwing = ours(authorize(claim((claims) => Object(claims['plan']).includes('a'), 'a')));
    expect((await ask(throwing, { token })).status).toBe(503);
  },
  'tokens of Anonymous Sessions: `sub` begins with `anon@`': async () => {
    const token = aUserToken({ sub: 'anon@5b1c7d2e-1f4a-4c6d-8e7f-9a0b1c2d3e4f' });
    expect(await statuses(theirs(), ours(), { token })).toEqual([200, 401]);
    const open = api(authenticate({ issuer: preset(), audience }, { optional: true }));
    expect((await ask(open)).status).toBe(200);
  },
  '`claimCheck(test, text)`': async () => {
    const answer = () => 'yes' as never;
    const before = theirs({}, claimCheck(answer, 'no'));
    const after = ours(authorize(claim(answer, 'only true passes')));
    expect(await statuses(before, after, { token: aUserToken() })).toEqual([200, 403]);
  },
  'a guard without `auth` before it': async () => {
    expect(await statuses(api(requiredScopes('a')), api(requireScope('a')))).toEqual([401, 500]);
  },
  '`req.auth.payload`': async () => {
    const token = aUserToken({ plan: 'pro' });
    const [before, after] = [await ask(theirs(), { token }), await ask(ours(), { token })];
    expect(before.body).toMatchObject({ theirs: { sub: 'auth0|17', plan: 'pro' } });
    expect(after.body).toMatchObject({ ours: { sub: 'auth0|17', plan: 'pro' }, kind: 'user' });
    expect(after.body['ours']).toEqual(before.body['theirs']);
  },
  '`req.auth?.payload` on an open route': async () => {
    const open: RequestHandler = (req, res) => {
      expect(() => principalOf(req)).toThrow();
      res.json({ caller: findPrincipal(req) ?? null });
    };
    const after = api(authenticate({ issuer: preset(), audience }, { optional: true }), open);
    expect((await ask(after)).body).toEqual({ caller: null });
    expect((await ask(theirs({ authRequired: false }))).body).toEqual({});
  },
  'an error handler that knows `InvalidTokenError`, `InsufficientScopeError`, …': async () => {
    const handler: ErrorRequestHandler = (error, _req, res, next) => {
      const isTheirs =
        error instanceof InvalidTokenError || error instanceof InsufficientScopeError;
      if (!isTheirs && !isAuthError(error)) return next(error);
      res.status(error.status).set(error.headers).json({ code: error.code });
    };
    const before = api(auth({ issuerBaseURL: issuer, audience }), handler as never);
    const refusals = { onRefusal: 'next' } as const;
    const options = { issuer: preset(), audience, onEvent: () => {} };
    const after = api(authenticate(options, refusals), handler as never);
    const bad = { token: aUserToken({}, { expiresInSec: -60 }) };
    for (const app of [before, after])
      expect(await ask(app, bad)).toMatchObject({ status: 401, body: { code: 'invalid_token' } });
    const token = aUserToken();
    expect(
      await statuses(
        api(auth({ issuerBaseURL: issuer, audience }), requiredScopes('a'), handler as never),
        api(authenticate(options, refusals), requireScope('a'), handler as never),
        { token },
      ),
    ).toEqual([403, 403]);
    const unreached = api(authenticate(options, refusals), handler as never);
    expect(await during(provider, () => ask(unreached, { token }))).toMatchObject({
      status: 503,
      body: { code: 'temporarily_unavailable' },
    });
  },
  'an outage of the key endpoint': async () => {
    const token = aUserToken();
    const [before, after] = await during(provider, async () => [
      await ask(theirs(), { token }),
      await ask(api(authenticate({ issuer: preset(), audience, onEvent: () => {} })), { token }),
    ]);
    expect([before?.status, after?.status]).toEqual([401, 503]);
    expect(before?.challenge).toContain('invalid_token');
    expect(after?.retryAfter).toMatch(/^\d+$/);
  },
  'ID tokens, and tokens without `exp`': async () => {
    const id = { token: aIdToken({ aud: audience, at_hash: 'x' }) };
    expect(await statuses(theirs(), ours(), id)).toEqual([200, 401]);
    const endless = { token: aUserToken({ exp: undefined }) };
    expect(await statuses(theirs(), ours(), endless)).toEqual([401, 401]);
  },
  'the default: `dpop: { enabled: true, required: false }`': async () => {
    const { token, send } = bound();
    const [before, after] = [theirsBehindProxy(), oursWithDpop()];
    expect(await statuses(before, after, send())).toEqual([200, 200]);
    expect(await statuses(before, after, { token })).toEqual([401, 401]);
    expect(await statuses(before, after, { token: aUserToken() })).toEqual([200, 200]);
    expect((await ask(ours(), send())).status).toBe(401);
  },
  '`dpop: { required: true }`': async () => {
    const { send } = bound();
    const before = theirsBehindProxy({ dpop: { required: true } });
    const after = oursWithDpop({ mode: 'required' });
    expect(await statuses(before, after, send())).toEqual([200, 200]);
    expect((await statuses(before, after, { token: aUserToken() }))[1]).toBe(401);
    expect((await ask(before, { token: aUserToken() })).status).toBe(400);
  },
  '`dpop: { enabled: false }`': async () => {
    const { token } = bound();
    expect(await statuses(theirs({ dpop: { enabled: false } }), ours(), { token })).toEqual([
      200, 401,
    ]);
  },
  '`dpop: { iatOffset }`': async () => {
    const { send } = bound();
    const before = theirsBehindProxy({ dpop: { iatOffset: 20 } });
    const after = oursWithDpop({ maxAgeSec: 20 });
    expect(await statuses(before, after, send({ issuedInSec: -40 }))).toEqual([400, 401]);
    // The defaults: 300 seconds and 60.
    const old = send({ issuedInSec: -120 });
    expect(await statuses(theirsBehindProxy(), oursWithDpop(), old)).toEqual([200, 401]);
  },
  '`dpop: { iatLeeway }`': async () => {
    const { send } = bound();
    const before = theirsBehindProxy({ dpop: { iatLeeway: 60 } });
    const after = oursWithDpop({ futureSec: 60 });
    const early = send({ issuedInSec: 20 });
    expect(await statuses(before, after, early)).toEqual([200, 200]);
    // The defaults: 30 seconds and 10.
    const again = send({ issuedInSec: 20 });
    expect(await statuses(theirsBehindProxy(), oursWithDpop(), again)).toEqual([200, 401]);
  },
  'one proof, sent twice': async () => {
    const { send } = bound();
    const [before, after, sent] = [theirsBehindProxy(), oursWithDpop(), send()];
    expect(await statuses(before, after, sent)).toEqual([200, 200]);
    expect(await statuses(before, after, sent)).toEqual([200, 401]);
  },
  'the URL of a proof: `Host`, `trust proxy`': async () => {
    const { send } = bound();
    const sent = send({ url: 'https://evil.example/' });
    const evil = { ...sent, headers: { ...sent.headers, host: 'evil.example' } };
    expect(await statuses(theirsBehindProxy(), oursWithDpop(), evil)).toEqual([200, 401]);
  },
  '`mtls: { enabled: true }`, `getCertificate` that reads the socket': async () => {
    const getCertificate: GetCertificate = (req) =>
      (req.socket as TLSSocket).getPeerCertificate().raw;
    const before = theirs({ mtls: { enabled: true }, getCertificate });
    const mtls = { certificate: socketCertificate() };
    const after = api(authenticate({ issuer: preset(), audience, mtls, onEvent: () => {} }));
    const { certificate, token } = await withCertificate();
    const ports = [await serveTls(before), await serveTls(after)];
    const headers = { authorization: `Bearer ${token}` };
    const answered = (shown: object) =>
      Promise.all(
        ports.map(async (port) => {
          const sent = { headers, ...shown };
          return (await sendByTls(`https://127.0.0.1:${port}/`, sent)).status;
        }),
      );
    expect(await answered({ certificate })).toEqual([200, 200]);
    expect(await answered({ certificate: await testCertificate() })).toEqual([401, 401]);
    expect(await answered({})).toEqual([400, 401]);
  },
  '`getCertificate` that reads a header of a proxy': async () => {
    const { token, headers } = await withCertificate();
    expect(await statuses(...behindProxy(), { token, headers })).toEqual([200, 200]);
    const elsewhere = behindProxy({ proxies: '10.4.0.7' });
    expect(await statuses(...elsewhere, { token, headers })).toEqual([200, 401]);
  },
  '`mtls: { enabled: true, required: true }`': async () => {
    const [before, after] = behindProxy({ required: true });
    const { token, headers } = await withCertificate();
    expect(await statuses(before, after, { token, headers })).toEqual([200, 200]);
    expect(await statuses(before, after, { token: aUserToken(), headers })).toEqual([401, 401]);
  },
  'the default: `mtls: { enabled: false }`': async () => {
    const { token } = await withCertificate();
    expect(await statuses(theirs(), ours(), { token })).toEqual([200, 401]);
  },
  'a token that is bound to a certificate and to a key': async () => {
    const { certificate, headers } = await withCertificate();
    const key = generateTestKey('ES256');
    const token = aUserToken({}, { boundTo: [certificate, key] });
    const dpop = aProof({ key, token, url: 'https://api.acme.com/' });
    const forwarded = { host: 'api.acme.com', 'x-forwarded-proto': 'https' };
    const sent = { authorization: `DPoP ${token}`, headers: { ...headers, ...forwarded, dpop } };
    const [, after] = behindProxy({ dpop: { publicUrls: 'https://api.acme.com' } });
    const options = { mtls: { enabled: true }, getCertificate: fromAnybody };
    const { 'x-arr-clientcert': _, ...without } = sent.headers;
    const lacking = { ...sent, headers: without };
    expect(await statuses(theirsBehindProxy(options), after, lacking)).toEqual([200, 401]);
    expect(await statuses(theirsBehindProxy(options), after, sent)).toEqual([200, 200]);
  },
  '`secret` with `HS256`': async () => {
    const algorithms = ['HS256'] as never;
    expect(() => authenticate({ issuer: preset(), audience, algorithms })).toThrow(/algorithms/);
  },
  '`?access_token=…`, and a form field': async () => {
    const token = aUserToken();
    const query = { path: `/?access_token=${token}` };
    expect(await statuses(theirs(), ours(), query)).toEqual([200, 401]);
    const form = { form: { access_token: token } };
    expect(await statuses(theirs(), ours(), form)).toEqual([200, 401]);
    expect(await statuses(theirs(), ours(), { ...query, token })).toEqual([400, 200]);
  },
  '`ISSUER_BASE_URL`, `AUDIENCE` and other environment variables': async () => {
    process.env['ISSUER_BASE_URL'] = issuer;
    process.env['AUDIENCE'] = audience;
    const before = api(auth());
    expect((await ask(before, { token: aUserToken() })).status).toBe(200);
    expect(() => authenticate({} as never)).toThrow(/issuer/);
    delete process.env['ISSUER_BASE_URL'];
    delete process.env['AUDIENCE'];
  },
  '`req.auth.token`, `req.auth.header`': async () => {
    const show: RequestHandler = (req, res) => {
      const { token: raw, header } = authOf(req) ?? {};
      res.json({ theirs: raw, header, ours: JSON.stringify(findPrincipal(req) ?? null) });
    };
    const token = aUserToken();
    expect((await ask(theirs({}, show), { token })).body).toMatchObject({
      theirs: token,
      header: { alg: 'RS256' },
    });
    expect((await ask(ours(show), { token })).text).not.toContain(token);
  },
});
