import {
  type AuthEvent,
  authErrorHandler,
  authenticate,
  findPrincipal,
  memoryRevocations,
  principalOf,
} from '@authly/express';
import { auth0 } from '@authly/express/providers';
import cors from 'cors';
import express, { type ErrorRequestHandler, type RequestHandler } from 'express';
import { expressjwt, type Params } from 'express-jwt';
import jwksRsa from 'jwks-rsa';
import { afterAll, expect } from 'vitest';
import { ask, statuses } from './answers.ts';
import { during, startProvider } from './provider.ts';
import { describeTable } from './table.ts';

const provider = await startProvider('auth0');
afterAll(() => provider.close());
const { issuer, audience, jwksUri, aUserToken, aIdToken } = provider;
const preset = () => auth0({ issuer });

const show: RequestHandler = (req, res) => {
  const theirs: unknown = Reflect.get(req, 'auth');
  res.json({ theirs, ours: findPrincipal(req)?.claims });
};

const api = (...handlers: readonly (RequestHandler | ErrorRequestHandler)[]) => {
  const app = express();
  for (const handler of handlers) app.use(handler);
  app.use(show, authErrorHandler());
  return app;
};

const secret = () => jwksRsa.expressJwtSecret({ jwksUri, cache: true, rateLimit: true });
const jwt = (options: Partial<Params> = {}) =>
  expressjwt({ secret: secret(), audience, issuer, algorithms: ['RS256'], ...options } as Params);
const theirs = (options: Partial<Params> = {}) => api(jwt(options) as RequestHandler);
const ours = () => api(authenticate({ issuer: preset(), audience }));

describeTable('express-jwt', {
  '`expressjwt({ secret: jwksRsa.expressJwtSecret({ jwksUri }), audience, issuer })`': async () => {
    const [before, after] = [theirs(), ours()];
    expect(await statuses(before, after, { token: aUserToken() })).toEqual([200, 200]);
    expect(await statuses(before, after)).toEqual([401, 401]);
    expect((await ask(before)).challenge).toBeUndefined();
    expect((await ask(before)).text).toContain('<html');
    expect((await ask(after)).challenge).toBe('Bearer realm="api"');
    expect((await ask(after)).body).toMatchObject({ error: 'missing_credentials' });
  },
  '`algorithms`': async () => {
    const after = api(authenticate({ issuer: preset(), audience, algorithms: ['PS256'] }));
    const before = theirs({ algorithms: ['PS256'] });
    expect(await statuses(before, after, { token: aUserToken() })).toEqual([401, 401]);
  },
  '`clockTolerance`': async () => {
    const late = { token: aUserToken({}, { expiresInSec: -30 }) };
    const after = api(authenticate({ issuer: preset(), audience, clockToleranceSec: 60 }));
    expect(await statuses(theirs({ clockTolerance: 60 }), after, late)).toEqual([200, 200]);
    expect(await statuses(theirs(), ours(), late)).toEqual([401, 401]);
    const justNow = { token: aUserToken({}, { expiresInSec: -3 }) };
    expect(await statuses(theirs(), ours(), justNow)).toEqual([401, 200]);
  },
  '`cache`, `rateLimit`, `jwksRequestsPerMinute`, `cacheMaxAge` of jwks-rsa': async () => {
    const keys = { freshForSec: 600, unknownKidCooldownSec: 6 };
    const after = api(authenticate({ issuer: preset(), audience, keys }));
    expect(await statuses(theirs(), after, { token: aUserToken() })).toEqual([200, 200]);
  },
  '`credentialsRequired: false`': async () => {
    const before = theirs({ credentialsRequired: false });
    const after = api(authenticate({ issuer: preset(), audience }, { optional: true }));
    expect(await statuses(before, after)).toEqual([200, 200]);
    const bad = { token: aUserToken({}, { expiresInSec: -60 }) };
    expect(await statuses(before, after, bad)).toEqual([401, 401]);
    expect(await statuses(before, after, { authorization: 'Basic YTpi' })).toEqual([200, 401]);
  },
  "`.unless({ path: ['/livez'] })`": async () => {
    const before = api(jwt().unless({ path: ['/livez'] }) as RequestHandler);
    const after = api(
      authenticate({ issuer: preset(), audience }, { skip: ({ url }) => url === '/livez' }),
    );
    const bad = aUserToken({}, { expiresInSec: -60 });
    expect(await statuses(before, after, { path: '/livez', token: bad })).toEqual([200, 200]);
    expect(await statuses(before, after, { token: bad })).toEqual([401, 401]);
  },
  '`req.auth`': async () => {
    const token = aUserToken({ plan: 'pro' });
    const [before, after] = [await ask(theirs(), { token }), await ask(ours(), { token })];
    expect(after.body['ours']).toEqual(before.body['theirs']);
    expect(() => principalOf({})).toThrow();
  },
  '`isRevoked`': async () => {
    const token = aUserToken({ jti: 'j-1' });
    const revoked = new Set<string>();
    const before = theirs({
      isRevoked: async (_req, decoded) =>
        revoked.has(String(Reflect.get(Object(decoded?.payload), 'jti'))),
    });
    const store = memoryRevocations();
    const after = api(authenticate({ issuer: preset(), audience, revocation: { store } }));
    expect(await statuses(before, after, { token })).toEqual([200, 200]);
    revoked.add('j-1');
    await store.revokeToken({ issuer, tokenId: 'j-1' });
    expect(await statuses(before, after, { token })).toEqual([401, 401]);
    const skip = ({ url }: { readonly url: string }) => url === '/livez';
    const own: RequestHandler = (req, res, next) => {
      if (findPrincipal(req)?.tokenId === 'j-1') res.sendStatus(401);
      else next();
    };
    const byHand = api(authenticate({ issuer: preset(), audience }, { skip }), own);
    expect((await ask(byHand, { token })).status).toBe(401);
    expect((await ask(byHand, { path: '/livez' })).status).toBe(200);
    const careless: RequestHandler = (req, _res, next) => next(principalOf(req) && undefined);
    const strict = api(authenticate({ issuer: preset(), audience }, { skip }), careless);
    expect((await ask(strict, { path: '/livez' })).status).toBe(401);
  },
  '`onExpired`': async () => {
    const events: AuthEvent[] = [];
    const token = aUserToken({}, { expiresInSec: -60 });
    const before = theirs({ onExpired: () => {} });
    const onEvent = (event: AuthEvent) => events.push(event);
    const after = api(authenticate({ issuer: preset(), audience, onEvent }));
    // A handler that does not throw lets the expired token in.
    expect(await statuses(before, after, { token })).toEqual([200, 401]);
    expect(events).toContainEqual(expect.objectContaining({ reason: 'expired' }));
  },
  "an error handler with `error.name === 'UnauthorizedError'`": async () => {
    const handler: ErrorRequestHandler = (error, _req, res, _next) => {
      res.set(error.headers ?? {}).status(error.status ?? 500);
      res.json({ name: error.name });
    };
    const before = api(jwt() as RequestHandler, handler);
    const after = api(authenticate({ issuer: preset(), audience }, { onRefusal: 'next' }), handler);
    expect((await ask(before)).body).toEqual({ name: 'UnauthorizedError' });
    expect((await ask(after)).body).toEqual({ name: 'AuthError' });
    expect((await ask(after)).challenge).toBe('Bearer realm="api"');
  },
  'an outage of the key endpoint': async () => {
    const token = aUserToken();
    const after = api(authenticate({ issuer: preset(), audience, onEvent: () => {} }));
    expect(await during(provider, () => statuses(theirs(), after, { token }))).toEqual([500, 503]);
  },
  'tokens without `exp`, ID tokens': async () => {
    expect(await statuses(theirs(), ours(), { token: aUserToken({ exp: undefined }) })).toEqual([
      200, 401,
    ]);
    const id = { token: aIdToken({ aud: audience, at_hash: 'x' }) };
    expect(await statuses(theirs(), ours(), id)).toEqual([200, 401]);
  },
  'tokens for no audience in particular: no `audience`': async () => {
    const before = theirs({ audience: undefined });
    const other = { token: aUserToken({ aud: 'https://other.acme.com' }) };
    expect(await statuses(before, ours(), other)).toEqual([200, 401]);
    expect(() => authenticate({ issuer: preset() } as never)).toThrow(/audience/);
  },
  'a preflight (`OPTIONS`) that asks for `authorization`': async () => {
    const sent = {
      method: 'OPTIONS' as const,
      headers: {
        origin: 'https://app.acme.com',
        'access-control-request-method': 'GET',
        'access-control-request-headers': 'authorization',
      },
    };
    expect(await statuses(theirs(), ours(), sent)).toEqual([200, 401]);
    const after = api(cors(), authenticate({ issuer: preset(), audience }));
    expect((await ask(after, sent)).status).toBe(204);
  },
  '`secret` as a string, a PEM or `HS256`': () => {
    const algorithms = ['HS256'] as never;
    expect(() => authenticate({ issuer: preset(), audience, algorithms })).toThrow(/algorithms/);
  },
  '`getToken`': async () => {
    const getToken: Params['getToken'] = (req) => String(req.query['access_token']);
    const query = { path: `/?access_token=${aUserToken()}` };
    expect(await statuses(theirs({ getToken }), ours(), query)).toEqual([200, 401]);
  },
  '`requestProperty`': async () => {
    const showUser: RequestHandler = (req, res) =>
      void res.json({ user: Reflect.get(req, 'user') });
    const before = api(jwt({ requestProperty: 'user' }) as RequestHandler, showUser);
    const own: RequestHandler = (req, res) => {
      Reflect.set(req, 'user', findPrincipal(req)?.claims);
      res.json({ user: Reflect.get(req, 'user') });
    };
    const after = api(authenticate({ issuer: preset(), audience }, { optional: true }), own);
    expect((await ask(after)).status).toBe(200);
    const token = aUserToken();
    expect((await ask(after, { token })).body).toEqual((await ask(before, { token })).body);
  },
});
