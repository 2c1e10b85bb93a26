import { Agent } from 'node:http';
import {
  type AuthEvent,
  authErrorHandler,
  authenticate,
  authorize,
  claim,
  findPrincipal,
} from '@authly/express';
import { auth0 } from '@authly/express/providers';
import express, { type RequestHandler } from 'express';
import { expressjwt, type Params } from 'express-jwt';
import jwksRsa from 'jwks-rsa';
import Koa from 'koa';
import koaJwt from 'koa-jwt';
import { afterAll, expect } from 'vitest';
import { ask, statuses } from './answers.ts';
import { during, startProvider } from './provider.ts';
import { describeTable } from './table.ts';

// The options of jsonwebtoken and of jwks-rsa, by express-jwt; passport-jwt and koa-jwt pass the same ones on.

const provider = await startProvider('auth0');
afterAll(() => provider.close());
const { issuer, audience, jwksUri, aUserToken } = provider;
const preset = () => auth0({ issuer });

const api = (...handlers: readonly RequestHandler[]) => {
  const app = express();
  for (const handler of handlers) app.use(handler);
  app.use((req, res) => {
    res.json({ theirs: Reflect.get(req, 'auth'), ours: findPrincipal(req)?.claims });
  });
  app.use(authErrorHandler());
  return app;
};

/** Options of jwks-rsa, beside the URL of the key set. */
type KeySettings = Partial<jwksRsa.ExpressJwtOptions>;

const keysBy = (settings: KeySettings) =>
  jwksRsa.expressJwtSecret({ jwksUri, ...settings } as jwksRsa.ExpressJwtOptions);
const theirs = (options: Partial<Params> = {}, settings: KeySettings = {}) =>
  api(
    expressjwt({
      secret: keysBy(settings),
      audience,
      issuer,
      algorithms: ['RS256'],
      ...options,
    } as Params) as RequestHandler,
  );
const ours = (...guards: readonly RequestHandler[]) =>
  api(authenticate({ issuer: preset(), audience, onEvent: () => {} }), ...guards);

describeTable('jsonwebtoken and jwks-rsa', {
  '`issuer: [a, b]`': async () => {
    const other = 'https://other.eu.auth0.com/';
    const before = theirs({ issuer: [issuer, other] });
    const fetch = (async () => Response.json({ keys: [] })) as typeof globalThis.fetch;
    const issuers = [preset(), auth0({ issuer: other, fetch, jwksUri: `${other}keys` })];
    const after = api(
      authenticate({
        issuers: issuers.map((one) => ({ ...one, audience })),
        onEvent: () => {},
      }),
    );
    expect(await statuses(before, after, { token: aUserToken() })).toEqual([200, 200]);
    const foreign = { token: aUserToken({ iss: other }) };
    expect((await statuses(before, after, foreign))[0]).toBe(200);
    expect((await ask(after, foreign)).status).not.toBe(200);
  },
  '`audience` as a list': async () => {
    const list: [string, string] = ['https://old.acme.com', audience];
    const after = api(authenticate({ issuer: preset(), audience: list }));
    expect(await statuses(theirs({ audience: list }), after, { token: aUserToken() })).toEqual([
      200, 200,
    ]);
  },
  '`audience` as a regular expression': async () => {
    const before = theirs({ audience: /acme/ });
    const other = { token: aUserToken({ aud: 'https://not-acme.example' }) };
    expect(await statuses(before, ours(), { token: aUserToken() })).toEqual([200, 200]);
    expect(await statuses(before, ours(), other)).toEqual([200, 401]);
    expect(() => authenticate({ issuer: preset(), audience: /acme/ as never })).toThrow(/audience/);
  },
  '`subject`, `jwtid`, `nonce`': async () => {
    const before = theirs({ subject: 'auth0|17', jwtid: 'j-1', nonce: 'n-1' });
    const same = claim(
      ({ sub, jti, nonce }) => `${sub} ${jti} ${nonce}` === 'auth0|17 j-1 n-1',
      'these',
    );
    const after = ours(authorize(same));
    const fit = { token: aUserToken({ jti: 'j-1', nonce: 'n-1' }) };
    expect(await statuses(before, after, fit)).toEqual([200, 200]);
    const unfit = { token: aUserToken({ jti: 'j-2', nonce: 'n-1' }) };
    expect(await statuses(before, after, unfit)).toEqual([401, 403]);
  },
  '`maxAge`': async () => {
    const isRecent = claim(
      ({ iat }) => typeof iat === 'number' && iat > Date.now() / 1000 - 60,
      'issued within a minute',
    );
    const [before, after] = [theirs({ maxAge: 60 }), ours(authorize(isRecent))];
    expect(await statuses(before, after, { token: aUserToken() })).toEqual([200, 200]);
    const old = { token: aUserToken({}, { issuedInSec: -120 }) };
    expect(await statuses(before, after, old)).toEqual([401, 403]);
  },
  '`cacheMaxAgeFallback`, `timeout` of jwks-rsa': async () => {
    const fallback = { cache: true, cacheMaxAge: 1, cacheMaxAgeFallback: 60_000, timeout: 5000 };
    const keys = { staleForSec: 60, fetchTimeoutMs: 5000 };
    const [before, after] = [
      theirs({}, fallback),
      api(authenticate({ issuer: preset(), audience, keys })),
    ];
    const sent = { token: aUserToken() };
    expect(await statuses(before, after, sent)).toEqual([200, 200]);
    expect(await during(provider, () => statuses(before, after, sent))).toEqual([200, 200]);
  },
  '`requestAgent`, `proxy`, `requestHeaders`, `fetcher`, `getKeysInterceptor` of jwks-rsa':
    async () => {
      const asked: string[] = [];
      const fetch: typeof globalThis.fetch = (...given) => {
        asked.push(String(given[0]));
        return globalThis.fetch(...given);
      };
      const getKeysInterceptor = async () => provider.jwks.keys as never;
      const settings = { requestAgent: new Agent(), requestHeaders: {}, getKeysInterceptor };
      const after = api(authenticate({ issuer: auth0({ issuer, fetch }), audience }));
      const sent = { token: aUserToken() };
      expect(await statuses(theirs({}, settings), after, sent)).toEqual([200, 200]);
      expect(asked).toContain(jwksUri);
    },
  '`onStaleCacheFallback`, `handleSigningKeyError` of jwks-rsa': async () => {
    const events: AuthEvent[] = [];
    const onEvent = (event: AuthEvent) => void events.push(event);
    const handleSigningKeyError: jwksRsa.ExpressJwtOptions['handleSigningKeyError'] = (_, next) =>
      next(Object.assign(new Error('no keys'), { status: 502 }));
    const before = theirs({}, { handleSigningKeyError });
    const after = api(authenticate({ issuer: preset(), audience, onEvent }));
    const sent = { token: aUserToken() };
    expect(await during(provider, () => statuses(before, after, sent))).toEqual([502, 503]);
    expect(events.map(({ type }) => type)).toContain('keys.refresh_failed');
  },
  '`cacheMaxEntries` of jwks-rsa': async () => {
    const keys = { maxKeys: 10 };
    const after = api(authenticate({ issuer: preset(), audience, keys }));
    const sent = { token: aUserToken() };
    expect(await statuses(theirs({}, { cacheMaxEntries: 5 }), after, sent)).toEqual([200, 200]);
  },
  '`ignoreExpiration`, `ignoreNotBefore`': async () => {
    const expired = { token: aUserToken({}, { expiresInSec: -60 }) };
    expect(await statuses(theirs({ ignoreExpiration: true }), ours(), expired)).toEqual([200, 401]);
    const early = { token: aUserToken({ nbf: Math.floor(Date.now() / 1000) + 60 }) };
    expect(await statuses(theirs({ ignoreNotBefore: true }), ours(), early)).toEqual([200, 401]);
  },
  '`clockTimestamp`': async () => {
    const lateMs = Date.now() - 3_600_000;
    const sent = { token: aUserToken({}, { expiresInSec: -1800 }) };
    const clock = { now: () => lateMs };
    const after = api(authenticate({ issuer: preset(), audience, clock }));
    const before = theirs({ clockTimestamp: Math.floor(lateMs / 1000) });
    expect(await statuses(before, after, sent)).toEqual([200, 200]);
    expect(await statuses(theirs(), ours(), sent)).toEqual([401, 401]);
  },
  '`complete`': async () => {
    const token = aUserToken();
    // express-jwt ignores it.
    const secret = jwksRsa.koaJwtSecret({ jwksUri }) as never;
    const before = new Koa();
    before.use(koaJwt({ secret, audience, issuer, complete: true } as never));
    before.use((ctx) => {
      ctx.body = Object.keys(ctx.state['user']);
    });
    expect((await ask(before.callback(), { token })).body).toContain('signature');
    expect((await ask(ours(), { token })).text).not.toContain('signature');
  },
  '`allowInvalidAsymmetricKeyTypes`': () => {
    const options = { issuer: preset(), audience, allowInvalidAsymmetricKeyTypes: true };
    expect(() => authenticate(options as never)).toThrow(/allowInvalidAsymmetricKeyTypes/);
  },
});
