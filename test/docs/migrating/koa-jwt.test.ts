import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import {
  type AuthEvent,
  authErrorHandler,
  authenticate,
  findPrincipal,
  isAuthError,
  principalOf,
  requireScope,
} from '@authly/koa';
import { auth0 } from '@authly/koa/providers';
import jwksRsa from 'jwks-rsa';
import Koa, { type Middleware } from 'koa';
import jwt, { type Options } from 'koa-jwt';
import { afterAll, expect } from 'vitest';
import { ask, statuses } from './answers.ts';
import { during, startProvider } from './provider.ts';
import { describeTable } from './table.ts';

const provider = await startProvider('auth0');
afterAll(() => provider.close());
const { issuer, audience, jwksUri, aUserToken, aIdToken } = provider;
const preset = () => auth0({ issuer });

function api(...handlers: readonly Middleware[]) {
  const app = new Koa();
  app.silent = true;
  for (const handler of handlers) app.use(handler);
  app.use((ctx) => {
    ctx.body = { user: ctx.state['user'] ?? null };
  });
  return app.callback();
}

const koaJwt = (options: Partial<Options> = {}) =>
  jwt({
    secret: jwksRsa.koaJwtSecret({ jwksUri }) as never,
    issuer,
    audience,
    algorithms: ['RS256'],
    ...options,
  }) as Middleware & { unless(options: object): Middleware };
const theirs = (options: Partial<Options> = {}) => api(koaJwt(options));
const ours = (...more: readonly Middleware[]) =>
  api(authErrorHandler(), authenticate({ issuer: preset(), audience }), ...more);

const keepUser: Middleware = (ctx, next) => {
  ctx.state['user'] = findPrincipal(ctx)?.claims;
  return next();
};

describeTable('koa-jwt', {
  '`jwt({ secret: koaJwtSecret({ jwksUri }), issuer, audience })`': async () => {
    const [before, after] = [theirs(), ours()];
    expect(await statuses(before, after, { token: aUserToken() })).toEqual([200, 200]);
    expect(await statuses(before, after)).toEqual([401, 401]);
    expect(await ask(before)).toMatchObject({ challenge: undefined, text: 'Authentication Error' });
    expect(await ask(after)).toMatchObject({
      challenge: 'Bearer realm="api"',
      body: { error: 'missing_credentials' },
    });
    expect(await statuses(before, after, { authorization: 'Bearer' })).toEqual([401, 400]);
  },
  '`issuer: [a, b]`': async () => {
    const other = 'https://other.eu.auth0.com/';
    const before = theirs({ issuer: [issuer, other] });
    const after = api(
      authenticate({
        issuers: [
          { ...preset(), audience },
          { ...auth0({ issuer: other }), audience },
        ],
      }),
    );
    expect(await statuses(before, after, { token: aUserToken() })).toEqual([200, 200]);
    // Theirs verifies the tokens of both with the keys of one.
    const foreign = { token: aUserToken({ iss: other }) };
    const fetch = (async () => Response.json({ keys: [] })) as typeof globalThis.fetch;
    const strict = api(
      authenticate({
        issuers: [{ ...auth0({ issuer: other, fetch }), audience }],
        onEvent: () => {},
      }),
    );
    expect((await statuses(before, strict, foreign))[0]).toBe(200);
    expect((await ask(strict, foreign)).status).not.toBe(200);
  },
  '`audience: [a, b]`': async () => {
    const list: [string, string] = ['https://old.acme.com', audience];
    const after = api(authenticate({ issuer: preset(), audience: list }));
    expect(await statuses(theirs({ audience: list }), after, { token: aUserToken() })).toEqual([
      200, 200,
    ]);
  },
  '`ctx.state.user`, `key`': async () => {
    const token = aUserToken({ plan: 'pro' });
    const [before, after] = [await ask(theirs(), { token }), await ask(ours(keepUser), { token })];
    expect(after.body).toEqual(before.body);
    expect((await ask(ours(), { token })).body).toEqual({ user: null });
  },
  '`passthrough: true`': async () => {
    const after = api(authenticate({ issuer: preset(), audience }, { optional: true }));
    const before = theirs({ passthrough: true });
    expect(await statuses(before, after)).toEqual([200, 200]);
    const bad = { token: aUserToken({}, { expiresInSec: -60 }) };
    expect(await statuses(before, after, bad)).toEqual([200, 401]);
  },
  '`passthrough: true`, to the letter': async () => {
    const auth = authenticate({ issuer: preset(), audience }, { onRefusal: 'throw' });
    const through: Middleware = async (ctx, next) => {
      try {
        await auth(ctx, async () => {});
      } catch (error) {
        if (!isAuthError(error)) throw error;
      }
      return next();
    };
    const bad = { token: aUserToken({}, { expiresInSec: -60 }) };
    expect(await statuses(theirs({ passthrough: true }), api(through), bad)).toEqual([200, 200]);
    expect((await ask(api(through, requireScope('a')), bad)).status).toBe(500);
  },
  '`ctx.state.jwtOriginalError`': async () => {
    const events: AuthEvent[] = [];
    const onEvent = (event: AuthEvent) => events.push(event);
    const after = api(authenticate({ issuer: preset(), audience, onEvent }));
    await ask(after, { token: aUserToken({}, { expiresInSec: -60 }) });
    expect(events).toContainEqual(expect.objectContaining({ reason: 'expired' }));
    const show: Middleware = (ctx) => {
      ctx.body = { error: ctx.state['jwtOriginalError']?.name };
    };
    const before = api(koaJwt({ passthrough: true }), show);
    expect((await ask(before, { token: aUserToken({}, { expiresInSec: -60 }) })).body).toEqual({
      error: 'TokenExpiredError',
    });
  },
  '`isRevoked`': async () => {
    const check: Middleware = (ctx, next) => {
      if (principalOf(ctx).tokenId === 'j-1') ctx.throw(401);
      return next();
    };
    const before = theirs({
      isRevoked: async (_ctx, decoded) => Reflect.get(decoded, 'jti') === 'j-1',
    });
    const token = aUserToken({ jti: 'j-1' });
    expect(await statuses(before, ours(check), { token })).toEqual([401, 401]);
    expect(await statuses(before, ours(check), { token: aUserToken({ jti: 'j-2' }) })).toEqual([
      200, 200,
    ]);
  },
  '`.unless({ path: [/^\\/livez/] })`': async () => {
    const before = api(koaJwt().unless({ path: [/^\/livez/] }));
    const skip = ({ url }: { readonly url: string }) => /^\/livez/.test(url);
    const after = api(authenticate({ issuer: preset(), audience }, { skip }));
    expect(await statuses(before, after, { path: '/livez' })).toEqual([200, 200]);
    expect(await statuses(before, after, { path: '/users' })).toEqual([401, 401]);
  },
  '`algorithms`': async () => {
    const after = api(authenticate({ issuer: preset(), audience, algorithms: ['PS256'] }));
    const before = theirs({ algorithms: ['PS256'] });
    expect(await statuses(before, after, { token: aUserToken() })).toEqual([401, 401]);
  },
  '`clockTolerance`': async () => {
    const late = { token: aUserToken({}, { expiresInSec: -30 }) };
    const after = api(authenticate({ issuer: preset(), audience, clockToleranceSec: 60 }));
    expect(await statuses(theirs({ clockTolerance: 60 } as never), after, late)).toEqual([
      200, 200,
    ]);
  },
  '`debug`': async () => {
    const bad = { token: aUserToken({}, { expiresInSec: -60 }) };
    expect((await ask(theirs({ debug: true }), bad)).text).toBe('jwt expired');
    expect((await ask(ours(), bad)).body['error_description']).toBe('The access token has expired');
  },
  '`cache`, `rateLimit`, `jwksRequestsPerMinute` of jwks-rsa': async () => {
    const keys = { freshForSec: 600, unknownKidCooldownSec: 6 };
    const after = api(authenticate({ issuer: preset(), audience, keys }));
    expect(await statuses(theirs(), after, { token: aUserToken() })).toEqual([200, 200]);
  },
  'middleware with `if (error.status === 401)`': async () => {
    const handler: Middleware = async (ctx, next) => {
      try {
        await next();
      } catch (error) {
        if (!(error instanceof Error)) throw error;
        ctx.status = Reflect.get(error, 'status');
        ctx.set(Reflect.get(error, 'headers') ?? {});
        ctx.body = { mine: true };
      }
    };
    const auth = authenticate({ issuer: preset(), audience }, { onRefusal: 'throw' });
    const [before, after] = [api(handler, koaJwt()), api(handler, auth)];
    expect(await ask(before)).toMatchObject({ status: 401, body: { mine: true } });
    expect(await ask(after)).toMatchObject({
      status: 401,
      body: { mine: true },
      challenge: 'Bearer realm="api"',
    });
    expect(await statuses(before, after, { authorization: 'Bearer' })).toEqual([401, 400]);
  },
  'an outage of the key endpoint': async () => {
    const token = aUserToken();
    const after = api(authenticate({ issuer: preset(), audience, onEvent: () => {} }));
    expect(await during(provider, () => statuses(theirs(), after, { token }))).toEqual([401, 503]);
  },
  'tokens without `exp`, ID tokens': async () => {
    expect(await statuses(theirs(), ours(), { token: aUserToken({ exp: undefined }) })).toEqual([
      200, 401,
    ]);
    const id = { token: aIdToken({ aud: audience, at_hash: 'x' }) };
    expect(await statuses(theirs(), ours(), id)).toEqual([200, 401]);
  },
  '`secret` as a string, `HS256`': () => {
    const algorithms = ['HS256'] as never;
    expect(() => authenticate({ issuer: preset(), audience, algorithms })).toThrow(/algorithms/);
  },
  '`getToken`, `cookie`': async () => {
    const before = theirs({ cookie: 'token' });
    const sent = { headers: { cookie: `token=${aUserToken()}` } };
    expect(await statuses(before, ours(), sent)).toEqual([200, 401]);
  },
  '`secret` as a list, `ctx.state.secret`': async () => {
    const [jwk] = provider.jwks.keys;
    const pem = createPublicKey({ key: { ...jwk }, format: 'jwk' })
      .export({ type: 'spki', format: 'pem' })
      .toString();
    const other = generateKeyPairSync('ec', { namedCurve: 'P-256' })
      .publicKey.export({ type: 'spki', format: 'pem' })
      .toString();
    const token = aUserToken();
    expect((await ask(theirs({ secret: [other, pem] }), { token })).status).toBe(200);
    const secretFirst: Middleware = (ctx, next) => {
      ctx.state['secret'] = pem;
      return next();
    };
    expect((await ask(api(secretFirst, koaJwt()), { token })).status).toBe(200);
    expect((await ask(ours(), { token })).status).toBe(200);
    expect((await ask(api(secretFirst, koaJwt({ secret: other })), { token })).status).toBe(200);
  },
  '`tokenKey`': async () => {
    const show: Middleware = (ctx) => {
      ctx.body = { token: ctx.state['raw'] ?? null };
    };
    const token = aUserToken();
    expect((await ask(api(koaJwt({ tokenKey: 'raw' }), show), { token })).body).toEqual({ token });
    expect((await ask(ours(show), { token })).body).toEqual({ token: null });
  },
});
