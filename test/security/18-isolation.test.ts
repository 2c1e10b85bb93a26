import {
  type AnyResourceServerOptions,
  type AuthEvent,
  claim,
  createResourceServer,
  type IntrospectionAnswer,
  isAuthError,
  type Requirement,
} from '@authly/core';
import { custom, oidcProvider, rfc9068 } from '@authly/core/providers';
import { describe, expect, it } from 'vitest';
import { frameworks } from '../support/frameworks.ts';
import { AUDIENCE, aClientToken, aClock, aToken, ISSUER, NOW } from '../support/tokens.ts';
import { aTarget, expectNoHarm, serve, type Target, watchRejections } from './support/attack.ts';
import { es256, forger, JWKS_URI } from './support/keys.ts';
import { forbidden, insufficientScope, type Refusal, unavailable } from './support/refusals.ts';
import { wireTo } from './support/wire.ts';

// Row 18: one caller never sees another, and nobody's code turns a refusal into an acceptance.

const rejections = watchRejections();

/** One turn of the event loop, in which Node reports rejections that nobody handled. */
function aTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

describe.each(frameworks)('row 18: interleaved requests in $name', (framework) => {
  it('200 requests of users, clients, bad tokens and without a token at once each get their own answer', async () => {
    const target = await aTarget(framework, { optional: true });
    const requests = Array.from({ length: 200 }, (_, index) => {
      switch (index % 4) {
        case 0:
          return { token: aToken({ sub: `user-${index}` }), expected: `user:${index}` };
        case 1:
          return {
            token: aClientToken({ sub: `job-${index}`, client_id: `job-${index}` }),
            expected: `client:${index}`,
          };
        case 2:
          return {
            token: aToken({ sub: `user-${index}` }, { key: forger }),
            expected: '401',
          };
        default:
          return { token: undefined, expected: 'null' };
      }
    });
    const seen = await Promise.all(
      requests.map(async ({ token }) => {
        const wire = wireTo(target.port);
        const headers = token === undefined ? [] : [['authorization', `Bearer ${token}`] as const];
        const { status, body } = await wire.send({ headers });
        wire.close();
        if (status !== 200) return String(status);
        const who = JSON.parse(body);
        if (who === null) return 'null';
        return `${who.kind}:${String(who.userId ?? who.subject).split('-')[1]}`;
      }),
    );
    expect(seen).toEqual(requests.map(({ expected }) => expected));
    target.close();
  });

  it('a handler cannot change what the next request with the token sees', async () => {
    const { findPrincipal } = framework.kit;
    const server = createResourceServer({
      issuer: rfc9068({ issuer: ISSUER, jwks: { keys: [es256.publicJwk] } }),
      audience: AUDIENCE,
      clock: aClock(),
    });
    const attempts: readonly ((principal: object) => void)[] = [
      (principal) => Reflect.get(principal, 'scopes').push('admin'),
      (principal) => Reflect.get(principal, 'roles').push('admin'),
      (principal) => Object.assign(principal, { kind: 'client', clientId: 'x' }),
      (principal) => Object.assign(Reflect.get(principal, 'claims'), { scope: 'admin' }),
      (principal) => Reflect.get(principal, 'claims').list.push('admin'),
      (principal) => Object.defineProperty(principal, 'userId', { value: 'eve' }),
      (principal) => Object.setPrototypeOf(principal, { admin: true }),
      (principal) => Reflect.get(principal, 'audience').push('x'),
      (principal) => Object.assign(Reflect.get(principal, 'authentication'), { acr: 'high' }),
    ];
    const app = framework.createApp(({ use, route }) => {
      use(framework.authenticate(server));
      route('/', ({ carrier }) => {
        const principal = findPrincipal(carrier) ?? {};
        const before = JSON.stringify(principal);
        for (const attempt of attempts) expect(() => attempt(principal)).toThrow(TypeError);
        expect(JSON.stringify(principal)).toBe(before);
        return principal;
      });
    });
    const { port, close } = await serve(app);
    const wire = wireTo(port);
    const headers = [['authorization', `Bearer ${aToken({ list: ['a'] })}`]] as const;
    const first = await wire.send({ headers });
    expect(first.status).toBe(200);
    expect((await wire.send({ headers })).body).toBe(first.body);
    wire.close();
    close();
    server.close();
  });
});

// A polluted Object.prototype is a hole elsewhere: it must not open this door, too.

const POLLUTION: readonly (readonly [string, unknown])[] = [
  ['sub', 'root'],
  ['iss', ISSUER],
  ['aud', AUDIENCE],
  ['exp', NOW + 600],
  ['nbf', NOW + 600],
  ['iat', NOW],
  ['jti', 'x'],
  ['client_id', 'root'],
  ['scope', 'admin'],
  ['scp', ['admin']],
  ['roles', ['admin']],
  ['permissions', ['admin']],
  ['groups', ['admin']],
  ['entitlements', ['admin']],
  ['cnf', { jkt: 'x' }],
  ['act', { sub: 'root' }],
  ['acr', 'high'],
  ['auth_time', NOW],
  ['amr', ['hwk']],
  ['alg', 'none'],
  ['typ', 'at+jwt'],
  ['kid', es256.kid],
  ['crit', ['x']],
  ['jwk', forger.publicJwk],
  ['keyId', 'root'],
  ['userId', 'root'],
  ['clientId', 'root'],
  ['kind', 'client'],
  ['principal', { kind: 'user', userId: 'root' }],
  ['scopes', ['admin']],
  ['acrValues', ['high']],
  ['maxAgeSec', 1],
  ['retryAfterSec', 9],
  ['details', {}],
  ['reason', 'expired'],
  ['code', 'missing_credentials'],
  ['optional', true],
  ['authorization', `Bearer ${aToken()}`],
  ['keys', [forger.publicJwk]],
  ['jwks_uri', 'https://evil.example.com/jwks'],
  ['issuer', 'https://evil.example.com'],
  ['0', 'admin'],
];

const REQUESTS: readonly (readonly [string, string | undefined])[] = [
  ['nobody', undefined],
  ['a user', aToken()],
  ['a client', aClientToken()],
  ['a token without exp', aToken({ exp: undefined })],
  ['a token without aud', aToken({ aud: undefined })],
  ['a token without iss', aToken({ iss: undefined })],
  ['a token without sub', aToken({ sub: undefined })],
  ['a token without client_id', aToken({ client_id: undefined })],
  ['a token without scope', aToken({ scope: undefined })],
  ['a token without typ', aToken({}, { header: { typ: undefined } })],
  ['a token without alg', aToken({}, { header: { alg: undefined } })],
  ['a forged token', aToken({}, { key: forger })],
];

/** Runs with a member on Object.prototype, and takes it away again. */
async function polluted<Result>(
  name: string,
  value: unknown,
  run: () => Promise<Result>,
): Promise<Result> {
  Object.defineProperty(Object.prototype, name, {
    value,
    configurable: true,
    enumerable: true,
    writable: true,
  });
  try {
    return await run();
  } finally {
    Reflect.deleteProperty(Object.prototype, name);
  }
}

describe('row 18: a polluted prototype', () => {
  /** What becomes of each request, with guards and without: everything that leaves. */
  async function outcomes(): Promise<string> {
    const server = createResourceServer({
      issuer: rfc9068({ issuer: ISSUER, jwksUri: JWKS_URI }),
      audience: AUDIENCE,
      clock: aClock(),
      fetch: async () => Response.json({ keys: [es256.publicJwk] }),
    });
    const lines = await outcomesOf(server);
    server.close();
    return lines;
  }

  async function outcomesOf(server: ReturnType<typeof createResourceServer>): Promise<string> {
    const guard = frameworks[0]?.kit.requireScope('admin').requirement;
    const lines: string[] = [];
    for (const [name, token] of REQUESTS) {
      try {
        const principal = await server.authenticate({
          method: 'GET',
          url: '/',
          header: (header) =>
            header === 'authorization' && token !== undefined ? `Bearer ${token}` : undefined,
        });
        const refused = guard && server.evaluate(principal, guard);
        const { key, kind, scopes, roles, permissions, groups, actor, authentication } = principal;
        const own = { key, kind, scopes, roles, permissions, groups, actor, authentication };
        lines.push(
          name,
          JSON.stringify(own),
          refused ? JSON.stringify(server.refusal(refused)) : '',
        );
      } catch (error) {
        if (!isAuthError(error)) throw error;
        lines.push(name, error.reason, JSON.stringify(server.refusal(error)));
      }
    }
    return lines.join('\n');
  }

  it.each(POLLUTION)('%s set to %j after construction changes nothing', async (name, value) => {
    const expected = await outcomes();
    const server = createResourceServer({
      issuer: rfc9068({ issuer: ISSUER, jwks: { keys: [es256.publicJwk] } }),
      audience: AUDIENCE,
      clock: aClock(),
    });
    expect(await polluted(name, value, () => outcomesOf(server))).toBe(expected);
    server.close();
  });

  it.each([
    // A preset without one of these readers has an outage then: what is inherited is no function.
    ...POLLUTION.filter(([name]) => !['roles', 'permissions', 'groups'].includes(name)),
    ['known', { iss: ISSUER, sub: 'root', aud: AUDIENCE, exp: NOW + 1e9, act: { sub: 'root' } }],
  ] as const)('%s set to %j changes nothing about opaque tokens', async (name, value) => {
    const ANSWER = {
      active: true,
      sub: 'ada',
      client_id: 'web-app',
      exp: NOW + 600,
      iat: NOW,
      aud: AUDIENCE,
      scope: 'read',
      token_type: 'Bearer',
    };
    const answers: Readonly<Record<string, IntrospectionAnswer>> = {
      user: ANSWER,
      'bound-to-a-key': { ...ANSWER, token_type: 'DPoP', cnf: { jkt: 'x'.repeat(43) } },
      'bound-to-a-certificate': { ...ANSWER, cnf: { 'x5t#S256': 'x'.repeat(43) } },
      'without-exp': { ...ANSWER, exp: undefined },
      inactive: { active: false },
    };
    async function outcomesOfOpaque(): Promise<string> {
      const lines = Object.keys(answers).map(async (token) => {
        try {
          return JSON.stringify(await server.verify(token));
        } catch (error) {
          if (!isAuthError(error)) throw error;
          return error.reason;
        }
      });
      return (await Promise.all(lines)).join('\n');
    }
    const server = createResourceServer({
      issuer: oidcProvider({ issuer: ISSUER, subjectNamespaces: 'disjoint' }),
      audience: AUDIENCE,
      clock: aClock(),
      cache: false,
      introspection: { ask: async (token) => answers[token] ?? { active: false }, cache: false },
    });
    const expected = await outcomesOfOpaque();
    expect(expected).toContain('"ada"');
    expect(expected).toContain('sender_constraint_unsupported');
    expect(await polluted(name, value, outcomesOfOpaque)).toBe(expected);
    server.close();
  });

  it.each([
    ['keys', [forger.publicJwk], {}],
    ['keys', [forger.publicJwk], { error: 'not found' }],
  ])('%s set while keys are fetched gives no keys', async (name, value, document) => {
    const server = createResourceServer({
      issuer: rfc9068({ issuer: ISSUER, jwksUri: JWKS_URI }),
      audience: AUDIENCE,
      clock: aClock(),
      fetch: async () => Response.json(document),
    });
    const verdict = await polluted(name, value, async () => {
      try {
        return await server.verify(aToken({}, { key: forger }));
      } catch (error) {
        return error;
      }
    });
    expect(verdict).toMatchObject({ code: 'temporarily_unavailable', reason: 'keys_unavailable' });
    server.close();
  });

  it('jwks_uri and issuer set while metadata is read do not change where keys come from', async () => {
    const urls: string[] = [];
    const server = createResourceServer({
      issuer: rfc9068(ISSUER),
      audience: AUDIENCE,
      clock: aClock(),
      fetch: async (url) => {
        urls.push(String(url));
        return Response.json(String(url).endsWith('/evil') ? { keys: [forger.publicJwk] } : {});
      },
    });
    await polluted('issuer', ISSUER, () =>
      polluted('jwks_uri', 'https://evil.example.com/evil', async () => {
        await expect(server.ready()).rejects.toMatchObject({ reason: 'keys_unavailable' });
      }),
    );
    expect(urls.filter((url) => url.includes('evil'))).toEqual([]);
    server.close();
  });
});

// Code of the application's own that fails: an outage, never a way in, never the end of the process.

class Canary extends Error {}

const boom = (): never => {
  throw new Canary('boom');
};
const rejects = (): never => Promise.reject(new Canary('boom')) as never;

const UNDETERMINED = unavailable('The caller cannot be determined at the moment');
const UNCHECKED = unavailable('The claims of the access token cannot be checked at the moment');
const UNJUDGED = unavailable('The requirement cannot be checked at the moment');

function aCustom(parts: object): Partial<AnyResourceServerOptions> {
  return {
    issuer: custom({
      issuer: ISSUER,
      jwks: { keys: [es256.publicJwk] },
      classify: () => 'user',
      ...parts,
    }),
    audience: AUDIENCE,
  };
}

function aSchema(validate: () => unknown): Partial<AnyResourceServerOptions> {
  return { claims: { '~standard': { version: 1, vendor: 'test', validate } } as never };
}

const NOT_ACCESS_TOKEN = 'The token is not an access token';
const AMBIGUOUS = 'The access token does not say whether a user or a client is calling';
const MALFORMED = 'The access token has a malformed claim';
const REJECTED = 'The claims of the access token are not as this resource needs them';

/** What is configured, and the 503 or the 401 that every request then gets. */
const faults: readonly (readonly [string, Partial<AnyResourceServerOptions>, Refusal | string])[] =
  [
    ['classify throws', aCustom({ classify: boom }), UNDETERMINED],
    ['classify rejects', aCustom({ classify: rejects }), AMBIGUOUS],
    ['classify answers nothing', aCustom({ classify: () => undefined }), AMBIGUOUS],
    ['classify answers true', aCustom({ classify: () => true }), AMBIGUOUS],
    ['classify answers a promise of user', aCustom({ classify: async () => 'user' }), AMBIGUOUS],
    ['accepts throws', aCustom({ accepts: boom }), UNDETERMINED],
    ['accepts rejects', aCustom({ accepts: rejects }), NOT_ACCESS_TOKEN],
    ['accepts answers a promise of true', aCustom({ accepts: async () => true }), NOT_ACCESS_TOKEN],
    ['accepts answers 1', aCustom({ accepts: () => 1 }), NOT_ACCESS_TOKEN],
    ['userId throws', aCustom({ userId: boom }), UNDETERMINED],
    ['userId rejects', aCustom({ userId: rejects }), AMBIGUOUS],
    ['clientId rejects', aCustom({ classify: () => 'client', clientId: rejects }), AMBIGUOUS],
    ...['scopes', 'permissions', 'roles', 'groups', 'tenant'].flatMap((reader) => [
      [`${reader} throws`, aCustom({ [reader]: boom }), UNDETERMINED] as const,
      [`${reader} rejects`, aCustom({ [reader]: rejects }), MALFORMED] as const,
      [`${reader} answers a number`, aCustom({ [reader]: () => 1 }), MALFORMED] as const,
    ]),
    ['the schema throws', aSchema(boom), UNCHECKED],
    ['the schema rejects', aSchema(rejects), UNCHECKED],
    ['the schema answers nothing', aSchema(() => undefined), UNCHECKED],
    ['the schema answers text', aSchema(() => ({ value: 'x' })), REJECTED],
    ['the schema finds issues and a value', aSchema(() => ({ issues: [], value: {} })), REJECTED],
  ];

const LACKING = insufficientScope('x');

/** Requirements of the application's own that fail on every request. */
const requirements: readonly (readonly [string, Requirement, Refusal])[] = [
  ['a claim test throws', claim(boom, 'x'), UNJUDGED],
  [
    'a claim test answers 1',
    claim(() => 1 as never, 'x'),
    forbidden('The caller does not meet a requirement'),
  ],
  ['judge throws', { description: 'x', scopes: [], evaluate: boom }, UNJUDGED],
  ['judge answers null', aRequirement(null), UNJUDGED],
  ['judge answers false', aRequirement(false), UNJUDGED],
  ['judge answers true', aRequirement(true), UNJUDGED],
  ['judge answers an unknown reason', aRequirement({ reason: 'toString' }), UNJUDGED],
  ['judge answers a reason of another step', aRequirement({ reason: 'expired' }), UNJUDGED],
  [
    'judge answers scopes that are a number',
    aRequirement({ reason: 'scope_missing', scopes: 5 }),
    UNJUDGED,
  ],
  [
    'judge answers scopes that are text',
    aRequirement({ reason: 'scope_missing', scopes: 'admin' }),
    UNJUDGED,
  ],
  [
    'judge answers acr values that are text',
    aRequirement({ reason: 'acr_insufficient', acrValues: 'x' }),
    UNJUDGED,
  ],
  [
    'judge answers scopes with quotes and line breaks',
    aRequirement({ reason: 'scope_missing', scopes: ['a"\r\nset-cookie: x=1'] }),
    { ...LACKING, challenge: LACKING.challenge?.replace(', scope="x"', '') },
  ],
];

function aRequirement(answer: unknown): Requirement {
  return { description: 'x', scopes: [], evaluate: () => answer as never };
}

describe.each(frameworks)('row 18: faults of the application in $name', (framework) => {
  async function expectRefused(target: Target, expected: Refusal | string): Promise<void> {
    const answer = await target.send({ token: aToken() });
    if (typeof expected === 'string') {
      expect(answer.status).toBe(401);
      expect(answer.body).toBe(
        JSON.stringify({ error: 'invalid_token', error_description: expected }),
      );
    } else {
      const { status, error, description } = expected;
      expect([answer.status, JSON.parse(answer.body)]).toEqual([
        status,
        { error, error_description: description },
      ]);
      expect(answer.headers['www-authenticate']).toBe(expected.challenge);
    }
    expect(answer.raw).not.toContain('boom');
    await aTurn();
    expect(rejections).toEqual([]);
    target.close();
  }

  it.each(faults)('%s', async (_, options, expected) => {
    await expectRefused(await aTarget(framework, { options }), expected);
  });

  it.each(requirements)('%s', async (_, requirement, expected) => {
    const guards = () => [framework.kit.authorize(requirement)];
    await expectRefused(await aTarget(framework, { guards }), expected);
  });

  it.each<readonly [string, Requirement]>([
    ['a claim test', claim(rejects, 'x')],
    ['judge', { description: 'x', scopes: [], evaluate: rejects }],
  ])('%s that rejects is a fault of the application: 500', async (_, requirement) => {
    const target = await aTarget(framework, {
      guards: () => [framework.kit.authorize(requirement)],
    });
    const answer = await target.send({ token: aToken() });
    expect(answer.status).toBe(500);
    expect(answer.headers).not.toHaveProperty('www-authenticate');
    expect(answer.raw).not.toContain('boom');
    await aTurn();
    expect(rejections).toEqual([]);
    target.close();
  });

  it.each([
    ['throws', boom],
    ['rejects', rejects],
    ['changes the event', (event: AuthEvent) => Object.assign(event, { type: 'x' })],
  ])('a subscriber that %s changes no decision', async (_, onEvent) => {
    const target = await aTarget(framework, { options: { onEvent: onEvent as never } });
    expect((await target.send({ token: aToken({}, { key: forger }) })).status).toBe(401);
    expect((await target.send({})).status).toBe(401);
    await expectNoHarm(target);
    await aTurn();
    expect(rejections).toEqual([]);
    target.close();
  });

  it.each([
    ['throws', boom, 503],
    ['rejects', rejects, 503],
    ['answers nothing', () => undefined, 401],
    ['answers null', () => null, 401],
    ['answers a promise of null', async () => null, 401],
    ['answers text', () => ISSUER, 503],
    [
      'answers another issuer',
      () => ({ ...rfc9068('https://x.example.com'), audience: AUDIENCE }),
      503,
    ],
    [
      'answers no audience',
      () => rfc9068({ issuer: ISSUER, jwks: { keys: [es256.publicJwk] } }),
      503,
    ],
  ])('a resolver that %s lets nobody in', async (_, issuers, status) => {
    const target = await aTarget(framework, { options: { issuers: issuers as never } });
    const answer = await target.send({ token: aToken() });
    expect(answer.status).toBe(status);
    expect(answer.raw).not.toContain('boom');
    await aTurn();
    expect(rejections).toEqual([]);
    target.close();
  });

  it.each([
    ['throws', { load: boom, save: boom }],
    ['rejects', { load: rejects, save: rejects }],
    ['gives junk', { load: async () => 'x', save: async () => {} }],
    [
      'gives another issuer’s keys',
      {
        load: async () => ({
          version: 1,
          issuer: 'https://evil',
          fetchedAtMs: NOW * 1000,
          keys: [forger.publicJwk],
        }),
        save: async () => {},
      },
    ],
  ])('a key store that %s changes nothing', async (_, keySnapshots) => {
    const target = await aTarget(framework, { options: { keySnapshots: keySnapshots as never } });
    expect((await target.send({ token: aToken({}, { key: forger }) })).status).toBe(401);
    await expectNoHarm(target);
    target.close();
    const dead = await aTarget(framework, {
      options: {
        keySnapshots: keySnapshots as never,
        fetch: () => Promise.reject(new Error('down')),
      },
    });
    expect((await dead.send({ token: aToken({}, { key: forger }) })).status).toBe(503);
    await aTurn();
    expect(rejections).toEqual([]);
    dead.close();
  });
});
