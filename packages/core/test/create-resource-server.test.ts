import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import {
  AUDIENCE,
  aClientToken,
  aToken,
  encoded,
  generateTestKey,
  ISSUER,
} from '../../../test/support/tokens.ts';
import { createResourceServer } from '../src/create-resource-server.ts';
import { RefusedError } from '../src/http/refusal.ts';
import type { RequestView } from '../src/http/request-view.ts';
import { AuthError, ConfigurationError } from '../src/model/errors.ts';
import type { AuthEvent } from '../src/model/events.ts';
import type { Principal } from '../src/model/principal.ts';
import { rfc9068 } from '../src/providers/rfc9068.ts';
import { user } from '../src/requirement/caller-kind.ts';
import { allOf } from '../src/requirement/combinators.ts';
import { scope } from '../src/requirement/scope.ts';
import { isResourceServer } from '../src/resource-server.ts';
import { outcomeOf, refusalOf } from './errors-of.ts';
import { aResourceServer } from './resource-servers.ts';

const server = aResourceServer();

function request(authorization?: string | readonly string[], method = 'GET'): RequestView {
  return {
    method,
    url: '/users',
    header: (name) => (name === 'authorization' ? authorization : undefined),
  };
}

function observed() {
  const events: AuthEvent[] = [];
  const watched = aResourceServer({
    onEvent: (event) => {
      if (event.type.startsWith('request.')) events.push(event);
    },
  });
  return { watched, events };
}

async function aPrincipal(token = aToken()): Promise<Principal> {
  return (await server.verify(token)) as Principal;
}

describe('authenticate', () => {
  it('gives the caller, also if the header is a list with one value', async () => {
    expect(await server.authenticate(request(`Bearer ${aToken()}`))).toMatchObject({
      userId: 'ada',
    });
    const single = [`Bearer ${aClientToken()}`];
    expect(await server.authenticate(request(single))).toMatchObject({ clientId: 'nightly-sync' });
  });

  it.each([
    ['no header', 'credentials_missing', undefined],
    ['another scheme', 'scheme_unsupported', 'Basic dXNlcjpwYXNz'],
    ['no token', 'authorization_malformed', 'Bearer'],
    ['an empty header', 'authorization_malformed', ''],
    ['two headers', 'authorization_repeated', [`Bearer ${aToken()}`, `Bearer ${aToken()}`]],
    ['two credentials in one', 'authorization_repeated', `Bearer ${aToken()}, Bearer x`],
    ['a credential that is no b64token', 'authorization_malformed', 'Bearer <a.b.c>'],
    ['a good token and a quote', 'authorization_malformed', `Bearer ${aToken()}"`],
    ['a good token and a line break', 'authorization_malformed', `Bearer ${aToken()}\n`],
    ['a b64token that is no JWT', 'token_malformed', 'Bearer abc'],
    ['a padded token', 'token_malformed', `Bearer ${aToken()}=`],
    ['an old token', 'expired', `Bearer ${aToken({ exp: 0 })}`],
  ])('refuses %s: %s', async (_what, reason, authorization) => {
    expect(await outcomeOf(() => server.authenticate(request(authorization)))).toBe(reason);
  });

  it('treats no method differently', async () => {
    for (const method of ['OPTIONS', 'HEAD', 'TRACE', '']) {
      const outcome = await outcomeOf(() => server.authenticate(request(undefined, method)));
      expect(outcome).toBe('credentials_missing');
    }
  });

  it('tells a malformed credential (400) from a bad token (401), also after a promise', async () => {
    const slow = aResourceServer({ issuers: async () => undefined });
    const outcome = (value: string) => outcomeOf(() => slow.authenticate(request(value)));
    expect(await outcome(`Bearer ${aToken()}`)).toBe('issuer_unknown');
    expect(await outcome(`Bearer ${aToken()}"`)).toBe('authorization_malformed');
  });
});

describe('the scheme of a refused request', () => {
  async function schemeOf(call: () => unknown): Promise<string | undefined> {
    return (await refusalOf(call)).details.scheme;
  }

  it('is in each refusal of a token that was sent with it', async () => {
    const old = request(`Bearer ${aToken({ exp: 0 })}`);
    const slow = aResourceServer({ issuers: async () => undefined });
    expect(await schemeOf(() => server.authenticate(old))).toBe('bearer');
    expect(await schemeOf(() => slow.authenticate(old))).toBe('bearer');
    expect(await schemeOf(() => server.authenticate(request('Bearer <a>')))).toBe('bearer');
  });

  it('is not known without a token or a request', async () => {
    for (const none of [undefined, 'Basic x', 'DPoP a.b.c', 'Bearer a, DPoP b']) {
      expect(await schemeOf(() => server.authenticate(request(none)))).toBeUndefined();
    }
    expect(await schemeOf(() => server.verify('x'))).toBeUndefined();
  });

  it('does not change anything else of the refusal', async () => {
    const token = aToken({ exp: 0 });
    const bare = await refusalOf(() => server.verify(token));
    const { code, reason, message, issuerName, cause, details } = await refusalOf(() =>
      server.authenticate(request(`Bearer ${token}`)),
    );
    expect({ code, reason, message, issuerName, cause }).toEqual({
      code: bare.code,
      reason: bare.reason,
      message: bare.message,
      issuerName: bare.issuerName,
      cause: bare.cause,
    });
    expect(issuerName).toBeDefined();
    expect(details).toEqual({ ...bare.details, scheme: 'bearer' });
  });

  it('is the scheme of the caller’s token when a guard refuses', async () => {
    const principal = await aPrincipal();
    const refused = (caller: Principal) => server.evaluate(caller, scope('admin'))?.details.scheme;
    expect(refused(principal)).toBe('bearer');
    expect(refused({ ...principal, confirmation: { jkt: 'x' } })).toBe('dpop');
    expect(refused({ ...principal, confirmation: { 'x5t#S256': 'x' } })).toBe('bearer');
  });
});

describe('authenticateOptional', () => {
  it('gives undefined for a request without credentials', async () => {
    expect(await server.authenticateOptional(request())).toBeUndefined();
  });

  it.each([
    ['another scheme', 'scheme_unsupported', 'Basic dXNlcjpwYXNz'],
    ['an empty header', 'authorization_malformed', ''],
    ['no token', 'authorization_malformed', 'Bearer '],
    ['no headers, in a list', 'authorization_repeated', []],
    ['a bad token', 'expired', `Bearer ${aToken({ exp: 0 })}`],
    [
      'a forged one',
      'signature_invalid',
      `Bearer ${aToken({}, { key: generateTestKey('ES256', 'key-1') })}`,
    ],
  ])('refuses bad credentials: %s', async (_what, reason, authorization) => {
    expect(await outcomeOf(() => server.authenticateOptional(request(authorization)))).toBe(reason);
  });

  it('gives the caller for good credentials', async () => {
    const good = request(`Bearer ${aToken()}`);
    expect(await server.authenticateOptional(good)).toMatchObject({ userId: 'ada' });
  });
});

describe('verify', () => {
  it('accepts only the token, not the value of the header', async () => {
    expect(await server.verify(aToken())).toMatchObject({ userId: 'ada' });
    expect(await outcomeOf(() => server.verify(`Bearer ${aToken()}`))).toBe('token_malformed');
  });

  it('refuses what is not a token as a bad token, because no request could be malformed', async () => {
    expect(await outcomeOf(() => server.verify('<a.b.c>'))).toBe('token_malformed');
  });

  it('refuses a bound token, because there is no request with a proof', async () => {
    const bound = aToken({ cnf: { 'x5t#S256': 'x' } });
    expect(await outcomeOf(() => server.verify(bound))).toBe('sender_constraint_unsupported');
  });

  it('works when it is taken off its server', async () => {
    const { verify } = server;
    expect(await verify(aToken())).toMatchObject({ userId: 'ada' });
  });
});

describe('evaluate', () => {
  it('accepts a principal that meets the requirement', async () => {
    expect(server.evaluate(await aPrincipal(), scope('read:users'))).toBeUndefined();
  });

  it('asks an anonymous request for credentials', () => {
    expect(server.evaluate(undefined, scope('a'))).toMatchObject({ reason: 'credentials_missing' });
  });

  it('names every scope that this guard and the earlier ones need, each once', async () => {
    const passed = [scope('read:users'), user(), scope('write:users', 'read:users')];
    const error = server.evaluate(await aPrincipal(), scope('admin:users'), passed);
    expect(error).toMatchObject({
      reason: 'scope_missing',
      details: { scopes: ['read:users', 'write:users', 'admin:users'] },
    });
    expect(server.refusal(error ?? expect.unreachable()).headers['www-authenticate']).toContain(
      'scope="read:users write:users admin:users"',
    );
  });

  it('names no scope if none would help', async () => {
    const client = await aPrincipal(aClientToken());
    const error = server.evaluate(client, allOf(user(), scope('a')), [scope('read:users')]);
    expect(error).toMatchObject({ code: 'forbidden', reason: 'user_required', details: {} });
  });

  it('treats a requirement that throws as an outage', async () => {
    const fault = new Error('a bug');
    const broken = {
      description: 'broken',
      scopes: [],
      evaluate: () => {
        throw fault;
      },
    };
    const error = server.evaluate(await aPrincipal(), broken);
    expect(error).toMatchObject({ reason: 'requirement_failed', cause: fault });
  });

  it('uses scopeImplies', async () => {
    const implying = aResourceServer({
      scopeImplies: { 'write:users': ['audit'], audit: ['log'] },
    });
    expect(implying.evaluate(await aPrincipal(), scope('log'))).toBeUndefined();
    expect(implying.expandScopes(['write:users'])).toEqual(['write:users', 'audit', 'log']);
    expect(server.evaluate(await aPrincipal(), scope('log'))).toBeInstanceOf(AuthError);
  });
});

describe('an error of a resource server', () => {
  it.each<[string, () => Promise<unknown>, number, string | undefined]>([
    ['authenticate', () => server.authenticate(request()), 401, 'Bearer realm="api"'],
    ['authenticateOptional', () => server.authenticateOptional(request('Bearer')), 400, undefined],
    ['verify', () => server.verify('a.b.c'), 401, undefined],
  ])('%s rejects with an error that carries its answer', async (_name, call, status, challenge) => {
    const error = await call().then(
      () => expect.unreachable(),
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(RefusedError);
    expect(error).toMatchObject({ status, statusCode: status, expose: true });
    const { headers } = error as RefusedError;
    if (challenge === undefined) expect(headers['www-authenticate']).toContain('error="');
    else expect(headers['www-authenticate']).toBe(challenge);
  });

  it('has a stack where the application verifies a token, and none for the refusal of a request', async () => {
    async function applicationCode() {
      return await server.verify('a.b.c');
    }
    const { stack } = await refusalOf(applicationCode);
    expect(stack).toContain('applicationCode');
    const refused = await refusalOf(() => server.authenticate(request('Bearer a.b.c')));
    // Making a stack is most of the cost of a refusal, and anybody can cause refusals.
    expect(refused.stack).toBe(`AuthError: ${refused.message}`);
    expect(inspect(refused)).toContain(refused.reason);
  });

  it('is also given by evaluate, which emits no event', async () => {
    const { watched, events } = observed();
    const error = watched.evaluate(await aPrincipal(), scope('a'));
    expect(error).toMatchObject({ status: 403, statusCode: 403, expose: true });
    expect(error?.headers['www-authenticate']).toContain('scope="a"');
    expect(events).toEqual([]);
  });

  it('is answered correctly by express, koa and http-errors when nobody handles it', async () => {
    const error = await refusalOf(() => server.verify('a.b.c'));
    // Koa's `ctx.onerror` and finalhandler read these members. Without them, they answer 500.
    for (const member of ['status', 'statusCode', 'headers', 'expose']) {
      expect(error).toHaveProperty(member);
    }
  });
});

describe('events', () => {
  it('report each decision, with values of the configuration only', async () => {
    const { watched, events } = observed();
    const token = aToken();
    await watched.authenticate(request(`Bearer ${token}`));
    await watched.verify(token);
    await outcomeOf(() => watched.authenticate(request()));
    await outcomeOf(() => watched.authenticate(request('Bearer "')));
    await outcomeOf(() => watched.verify(aToken({ exp: 0 })));
    watched.evaluate(await aPrincipal(), scope('a'));
    expect(events).toEqual([
      {
        type: 'request.authenticated',
        kind: 'user',
        issuerName: ISSUER,
        cached: false,
        binding: 'none',
        source: 'jwt',
      },
      {
        type: 'request.authenticated',
        kind: 'user',
        issuerName: ISSUER,
        cached: true,
        binding: 'none',
        source: 'jwt',
      },
      { type: 'request.refused', code: 'missing_credentials', reason: 'credentials_missing' },
      { type: 'request.refused', code: 'invalid_request', reason: 'authorization_malformed' },
      { type: 'request.refused', code: 'invalid_token', reason: 'expired', issuerName: ISSUER },
    ]);
  });

  it('report a refusal once if it comes after a promise', async () => {
    const { watched, events } = observed();
    await outcomeOf(() => watched.verify(aToken({}, { header: { kid: 'x' } })));
    expect(events).toHaveLength(1);
  });

  it('do not report an anonymous request that is allowed', async () => {
    const { watched, events } = observed();
    await watched.authenticateOptional(request());
    expect(events).toEqual([]);
  });

  it('decide nothing when a listener throws', async () => {
    const deaf = aResourceServer({
      onEvent: () => {
        throw new Error('a bug');
      },
    });
    expect(await deaf.verify(aToken())).toMatchObject({ userId: 'ada' });
    expect(await outcomeOf(() => deaf.verify(''))).toBe('token_malformed');
  });
});

describe('a resource server', () => {
  it('answers a refusal with its realm', async () => {
    const error = await refusalOf(() => server.authenticate(request()));
    expect(server.refusal(error)).toMatchObject({
      status: 401,
      headers: { 'www-authenticate': 'Bearer realm="api"' },
    });
  });

  it('makes no request before the first token, and then one for all', async () => {
    const key = generateTestKey('ES256', 'key-1');
    let requests = 0;
    const issuer = rfc9068({ issuer: ISSUER, jwksUri: `${ISSUER}/jwks` });
    const remote = aResourceServer({
      issuer,
      audience: AUDIENCE,
      fetch: async () => {
        requests += 1;
        return Response.json({ keys: [key.publicJwk] });
      },
    });
    expect(requests).toBe(0);
    await Promise.all(Array.from({ length: 20 }, () => remote.verify(aToken({}, { key }))));
    expect(requests).toBe(1);
    await remote.ready();
    expect(requests).toBe(1);
  });

  it('is ready when its keys are loaded, and rejects when they cannot be', async () => {
    await expect(server.ready()).resolves.toBeUndefined();
    const issuer = rfc9068({ issuer: ISSUER, jwksUri: `${ISSUER}/jwks` });
    const fetch = () => Promise.reject(new Error('offline'));
    const offline = aResourceServer({ issuer, audience: AUDIENCE, fetch });
    await expect(offline.ready()).rejects.toMatchObject({ reason: 'keys_unavailable' });
    // An outage of our identity provider is not a fault of the token.
    const error = await refusalOf(() => offline.verify(aToken()));
    expect(offline.refusal(error)).toMatchObject({ status: 503, headers: { 'retry-after': '1' } });
    const signal = AbortSignal.abort('too late');
    await expect(offline.ready({ signal })).rejects.toBe('too late');
  });

  it('still verifies after close, with the cached keys', async () => {
    const closed = aResourceServer();
    closed.close();
    closed.close();
    expect(await closed.verify(aToken())).toMatchObject({ userId: 'ada' });
  });

  it('is frozen', () => {
    expect(Object.isFrozen(server)).toBe(true);
  });

  it('knows its resource', () => {
    expect(server.resource).toBe(AUDIENCE);
    expect(aResourceServer({ audience: 'my-api' }).resource).toBeUndefined();
  });

  it('cannot be made from options that leave a check out', () => {
    const issuer = rfc9068(ISSUER);
    for (const options of [{}, { issuer }, { audience: AUDIENCE }, { issuer, audience: [] }]) {
      expect(() => createResourceServer(options as never)).toThrow(ConfigurationError);
    }
    const implies = { issuer, audience: AUDIENCE, scopeImplies: { 'a b': ['c'] } };
    expect(() => createResourceServer(implies)).toThrow(ConfigurationError);
  });
});

describe('isResourceServer', () => {
  it('distinguishes a server from the options for one', () => {
    expect(isResourceServer(server)).toBe(true);
    expect(isResourceServer({ issuer: rfc9068(ISSUER), audience: AUDIENCE })).toBe(false);
    expect(isResourceServer({ authenticate: true })).toBe(false);
  });
});

describe('a token with a large header', () => {
  it('is verified in the same way each time, although headers are cached', async () => {
    const header = { note: encoded('x'.repeat(600)) };
    const token = aToken({}, { header });
    for (let times = 0; times < 3; times++) {
      expect(await outcomeOf(() => server.verify(token))).toBe('accepted');
    }
    for (let index = 0; index < 300; index++)
      await outcomeOf(() => server.verify(aToken({}, { header: { n: index } })));
    expect(await outcomeOf(() => server.verify(aToken()))).toBe('accepted');
  });
});
