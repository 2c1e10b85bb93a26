import {
  authErrorHandler,
  authenticate,
  authorize,
  claim,
  fromCookie,
  principalOf,
} from '@authly/express';
import { auth0 } from '@authly/express/providers';
import express, { type ErrorRequestHandler, type RequestHandler } from 'express';
import jwksRsa from 'jwks-rsa';
import passport from 'passport';
import { ExtractJwt, Strategy, type StrategyOptionsWithoutRequest } from 'passport-jwt';
import { afterAll, expect } from 'vitest';
import { ask, statuses } from './answers.ts';
import { during, startProvider } from './provider.ts';
import { describeTable } from './table.ts';

const provider = await startProvider('auth0');
afterAll(() => provider.close());
const { issuer, audience, jwksUri, aUserToken, aIdToken } = provider;
const preset = () => auth0({ issuer });

const show: RequestHandler = (req, res) => void res.json({ user: req.user ?? null });

function api(...handlers: readonly (RequestHandler | ErrorRequestHandler)[]) {
  const app = express();
  app.use(express.urlencoded({ extended: false }));
  for (const handler of handlers) app.use(handler);
  app.use(show, authErrorHandler());
  return app;
}

type Validate = (payload: Record<string, unknown>) => object | false;

const PASS: Validate = (payload) => payload;

function passportJwt(options: Partial<StrategyOptionsWithoutRequest> = {}, validate = PASS) {
  const strategy = new Strategy(
    {
      jwtFromRequest: ExtractJwt.fromAuthHeaderAsBearerToken(),
      secretOrKeyProvider: jwksRsa.passportJwtSecret({ jwksUri }),
      issuer,
      audience,
      algorithms: ['RS256'],
      ...options,
    } as StrategyOptionsWithoutRequest,
    (payload, done) => done(null, validate(payload)),
  );
  return {
    authenticate: (settings: object = {}) =>
      passport.authenticate(strategy, { session: false, ...settings }) as RequestHandler,
  };
}

const theirs = (options: Partial<StrategyOptionsWithoutRequest> = {}, validate?: Validate) =>
  api(passportJwt(options, validate).authenticate());
const ours = (...guards: readonly RequestHandler[]) =>
  api(authenticate({ issuer: preset(), audience }), ...guards);

describeTable('passport-jwt', {
  "`new JwtStrategy({ secretOrKeyProvider, issuer, audience }, validate)` and `passport.authenticate('jwt', { session: false })`":
    async () => {
      const [before, after] = [theirs(), ours()];
      expect(await statuses(before, after, { token: aUserToken() })).toEqual([200, 200]);
      expect(await statuses(before, after)).toEqual([401, 401]);
      expect(await ask(before)).toMatchObject({ challenge: undefined, text: 'Unauthorized' });
      expect(await ask(after)).toMatchObject({
        challenge: 'Bearer realm="api"',
        body: { error: 'missing_credentials' },
      });
    },
  '`req.user`': async () => {
    const keep: RequestHandler = (req, _res, next) => {
      Reflect.set(req, 'user', principalOf(req).claims);
      next();
    };
    const token = aUserToken({ plan: 'pro' });
    expect((await ask(ours(keep), { token })).body).toEqual((await ask(theirs(), { token })).body);
  },
  '`validate` that loads a user': async () => {
    const users = new Map([['auth0|17', { name: 'Ada' }]]);
    const before = theirs({}, ({ sub }) => users.get(String(sub)) ?? false);
    const load: RequestHandler = (req, res, next) => {
      const caller = principalOf(req);
      const user = caller.kind === 'user' ? users.get(caller.userId) : undefined;
      if (user === undefined) return void res.sendStatus(403);
      Reflect.set(req, 'user', user);
      next();
    };
    const [known, unknown] = [aUserToken(), aUserToken({ sub: 'auth0|18' })];
    for (const app of [before, ours(load)])
      expect((await ask(app, { token: known })).body).toEqual({ user: { name: 'Ada' } });
    expect(await statuses(before, ours(load), { token: unknown })).toEqual([401, 403]);
  },
  '`validate` that checks a claim': async () => {
    const before = theirs({}, (payload) => payload['plan'] === 'pro' && payload);
    const after = ours(authorize(claim(({ plan }) => plan === 'pro', 'plan pro')));
    expect(await statuses(before, after, { token: aUserToken({ plan: 'pro' }) })).toEqual([
      200, 200,
    ]);
    expect(await statuses(before, after, { token: aUserToken() })).toEqual([401, 403]);
  },
  '`passReqToCallback: true`': async () => {
    const strategy = new Strategy(
      {
        jwtFromRequest: ExtractJwt.fromAuthHeaderAsBearerToken(),
        secretOrKeyProvider: jwksRsa.passportJwtSecret({ jwksUri }),
        issuer,
        audience,
        passReqToCallback: true,
      },
      (req: express.Request, payload: object, done: (error: null, user: object | false) => void) =>
        done(null, req.get('x-tenant') === 't-1' && payload),
    );
    const before = api(passport.authenticate(strategy, { session: false }) as RequestHandler);
    const after = ours((req, res, next) =>
      req.get('x-tenant') === 't-1' ? next() : void res.sendStatus(401),
    );
    const token = aUserToken();
    const headers = { 'x-tenant': 't-1' };
    expect(await statuses(before, after, { token, headers })).toEqual([200, 200]);
    expect(await statuses(before, after, { token })).toEqual([401, 401]);
  },
  '`algorithms`': async () => {
    const after = api(authenticate({ issuer: preset(), audience, algorithms: ['PS256'] }));
    const before = theirs({ algorithms: ['PS256'] });
    expect(await statuses(before, after, { token: aUserToken() })).toEqual([401, 401]);
  },
  '`jsonWebTokenOptions: { clockTolerance }`': async () => {
    const before = theirs({ jsonWebTokenOptions: { clockTolerance: 60 } });
    const after = api(authenticate({ issuer: preset(), audience, clockToleranceSec: 60 }));
    const late = { token: aUserToken({}, { expiresInSec: -30 }) };
    expect(await statuses(before, after, late)).toEqual([200, 200]);
    const justNow = { token: aUserToken({}, { expiresInSec: -3 }) };
    expect(await statuses(theirs(), ours(), justNow)).toEqual([401, 200]);
  },
  '`failWithError: true`': async () => {
    const handler: ErrorRequestHandler = (error, _req, res, _next) => {
      res
        .status(error.status)
        .set(error.headers ?? {})
        .json({ name: error.name });
    };
    const before = api(passportJwt().authenticate({ failWithError: true }), handler);
    const after = api(authenticate({ issuer: preset(), audience }, { onRefusal: 'next' }), handler);
    expect(await ask(before)).toMatchObject({ status: 401, body: { name: 'AuthenticationError' } });
    expect(await ask(after)).toMatchObject({ status: 401, body: { name: 'AuthError' } });
  },
  '`jwtFromRequest` from a cookie or a header of its own': async () => {
    const read = (req: { headers: Record<string, unknown> }) =>
      /token=([^;]+)/.exec(String(req.headers['cookie']))?.[1] ?? null;
    const before = theirs({ jwtFromRequest: read as never });
    const credentials = fromCookie('__Host-token', { origins: ['https://app.acme.com'] });
    const after = api(authenticate({ issuer: preset(), audience }, { credentials }));
    const headers = { cookie: `__Host-token=${aUserToken()}` };
    expect(await statuses(before, after, { headers })).toEqual([200, 200]);
    const post = { headers, method: 'POST' as const };
    // Another site can have the browser send it: the origin must be listed.
    expect(await statuses(before, after, post)).toEqual([200, 403]);
  },
  'an outage of the key endpoint': async () => {
    const token = aUserToken();
    const after = api(authenticate({ issuer: preset(), audience, onEvent: () => {} }));
    expect(await during(provider, () => statuses(theirs(), after, { token }))).toEqual([401, 503]);
  },
  'ID tokens, and tokens without `exp`': async () => {
    const id = { token: aIdToken({ aud: audience, at_hash: 'x' }) };
    expect(await statuses(theirs(), ours(), id)).toEqual([200, 401]);
    expect(await statuses(theirs(), ours(), { token: aUserToken({ exp: undefined }) })).toEqual([
      200, 401,
    ]);
  },
  '`ExtractJwt.fromUrlQueryParameter`, `fromBodyField`': async () => {
    const token = aUserToken();
    const query = theirs({ jwtFromRequest: ExtractJwt.fromUrlQueryParameter('t') });
    expect(await statuses(query, ours(), { path: `/?t=${token}` })).toEqual([200, 401]);
    const body = theirs({ jwtFromRequest: ExtractJwt.fromBodyField('t') });
    expect(await statuses(body, ours(), { form: { t: token } })).toEqual([200, 401]);
  },
  "`ExtractJwt.fromAuthHeaderWithScheme('JWT')`": async () => {
    const before = theirs({ jwtFromRequest: ExtractJwt.fromAuthHeaderWithScheme('JWT') });
    const sent = { authorization: `JWT ${aUserToken()}` };
    expect(await statuses(before, ours(), sent)).toEqual([200, 401]);
  },
  '`secretOrKey`': () => {
    const secretOrKey = 'a secret of at least thirty-two characters';
    expect(() => authenticate({ issuer: preset(), audience, secretOrKey } as never)).toThrow(
      /secretOrKey/,
    );
  },
});
