import { ConfigurationError, createResourceServer } from '@authly/core';
import { custom, rfc9068 } from '@authly/core/providers';
import { describe, expect, it } from 'vitest';
import { sourceFiles } from '../architecture/sources.ts';
import { frameworks } from '../support/frameworks.ts';
import { AUDIENCE, aClientToken, aClock, aToken, ISSUER } from '../support/tokens.ts';
import { aTarget, expectRefusal, serve, underAttack } from './support/attack.ts';
import { es256 } from './support/keys.ts';
import { BOUND, insufficientScope, OTHER_SCHEME } from './support/refusals.ts';
import { claimsText } from './support/token-text.ts';
import { type WireHeader, wireTo } from './support/wire.ts';

// Row 19: no pattern is made of what a token or a configuration says.

describe('row 19: regular expressions', () => {
  it.each(sourceFiles)(
    'none is made at run time, and none keeps a state between calls: $path',
    ({ code }) => {
      // Constants of a module are made once, of text in the source.
      expect(code.replaceAll(/^const \w+ = new RegExp\(/gm, '')).not.toMatch(/\bRegExp\s*\(/);
      expect(code).not.toMatch(/\.(?:matchAll|search)\(/);
      // A literal with g or y keeps its place between calls of test and exec.
      expect(code).not.toMatch(/\/[dimsuv]*[gy][dimsuv]*\.(?:test|exec)\(/);
      expect(code).not.toMatch(/^(?:const|let) .*= \/.*\/[dimsuv]*[gy]/m);
    },
  );
});

underAttack(
  'row 19: what looks like a pattern is text',
  ['read.users', 'readXusers', 'read', 'read.*', '.*', 'READ.*', '(a+)+$'].map((scope) => ({
    name: `scope ${scope}`,
    token: aToken({ scope }),
    answer: insufficientScope('^read.*$'),
  })),
  {
    guards: ({ kit }) => [kit.requireScope('^read.*$')],
    honest: aToken({ scope: '^read.*$' }),
  },
);

it.each(frameworks)(
  'row 19: the same request gets the same answer every time in $name',
  async (framework) => {
    const target = await aTarget(framework, {
      guards: ({ kit }) => [kit.requireScope('read:users')],
    });
    const requests = [aToken(), aToken({ scope: 'x' }), 'x y', 'a.b.c', ''];
    const statuses = async () => {
      const answers: number[] = [];
      for (const token of requests) answers.push((await target.send({ token })).status);
      return answers;
    };
    const first = await statuses();
    expect(first).toEqual([200, 403, 400, 401, 400]);
    expect(await statuses()).toEqual(first);
    expect(await statuses()).toEqual(first);
    target.close();
  },
);

// Row 20: nothing that a client or a proxy says about the host is trusted.

const HOSTS: readonly WireHeader[] = [
  ['host', 'evil.example.com'],
  ['x-forwarded-host', 'evil.example.com'],
  ['x-forwarded-proto', 'http'],
  ['x-forwarded-prefix', '/evil'],
  ['forwarded', 'host=evil.example.com;proto=http'],
  ['x-original-url', '/evil'],
  ['x-rewrite-url', '/evil'],
  ['x-host', 'evil.example.com'],
];

describe.each(frameworks)('row 20: the origin in $name', (framework) => {
  it.each(['/', 'http://evil.example.com/', '//evil.example.com/', '/?host=evil.example.com'])(
    'comes from the configuration, also if the request names another host in %s',
    async (target) => {
      const server = createResourceServer({
        issuer: rfc9068({ issuer: ISSUER, jwks: { keys: [es256.publicJwk] } }),
        audience: AUDIENCE,
        clock: aClock(),
      });
      const app = framework.createApp(({ use, route }) => {
        use(
          framework.kit.protectedResourceMetadata(server) as never,
          framework.authenticate(server),
        );
        route('/', () => 'in');
      });
      const { port, close } = await serve(app);
      const wire = wireTo(port);
      const refused = await wire.send({ target, headers: HOSTS.slice(1) });
      expect(refused.status).toBe(401);
      expect(refused.headers['www-authenticate']).toBe(
        'Bearer realm="api", resource_metadata="https://api.example.com/.well-known/oauth-protected-resource"',
      );
      expect(refused.raw).not.toContain('evil');
      const path = '/.well-known/oauth-protected-resource';
      const metadata = await wire.send({ target: path, headers: HOSTS.slice(1) });
      expect(metadata.status).toBe(200);
      expect(JSON.parse(metadata.body).resource).toBe(AUDIENCE);
      expect(metadata.raw).not.toContain('evil');
      // RFC 9112 §3.2.2: a server takes the absolute form, too.
      const absolute = await wire.send({ target: `http://evil.example.com${path}` });
      expect(absolute.status).toBe(200);
      expect(absolute.raw).not.toContain('evil');
      expect(app.faults).toEqual([]);
      wire.close();
      close();
      server.close();
    },
  );
});

// Row 21: proofs are not understood yet, so a bound token is worth nothing.

const jkt = 'fUHyO2r2Z3DZ53EsNrWBb0xWXoaNy59IiKCAqksmQEo';
const bound = aToken({ cnf: { jkt } });

underAttack('row 21: sender-constrained tokens', [
  ...[
    { jkt },
    { 'x5t#S256': 'bwcK0esc3ACC3DB2Y5_lESsXE8o9ltc05O89jdN-dg2' },
    { jwk: es256.publicJwk },
    { kid: es256.kid },
    { jkt: '' },
    { jkt: null },
    {},
    [],
    null,
    false,
    0,
    '',
    'jkt',
  ].map((cnf) => ({
    name: `cnf ${JSON.stringify(cnf)} as Bearer`,
    token: aToken({ cnf }),
    answer: BOUND,
  })),
  { name: 'a bound client', token: aClientToken({ cnf: { jkt } }), answer: BOUND },
  {
    name: 'cnf twice, the last is null',
    token: aToken({}, { rawPayload: claimsText(`"cnf":{"jkt":"${jkt}"},"cnf":null`) }),
    answer: BOUND,
  },
  {
    name: 'a bound token as Bearer beside a proof',
    token: bound,
    headers: [
      ['dpop', aToken({ htm: 'GET', htu: `${AUDIENCE}/` }, { header: { typ: 'dpop+jwt' } })],
    ],
    answer: BOUND,
  },
  {
    name: 'a bound token beside a client certificate of a proxy',
    token: bound,
    headers: [
      ['x-forwarded-client-cert', 'Cert=x'],
      ['client-cert', ':MII=:'],
    ],
    answer: BOUND,
  },
  ...[bound, aToken()].map((token, index) => ({
    name: `the scheme DPoP with a token that is ${index === 0 ? 'bound' : 'not bound'}`,
    headers: [
      ['authorization', `DPoP ${token}`],
      ['dpop', aToken({}, { header: { typ: 'dpop+jwt' } })],
    ] as const,
    answer: OTHER_SCHEME,
  })),
]);

it('row 21: verify() refuses a bound token, since it sees no request', async () => {
  const server = createResourceServer({
    issuer: rfc9068({ issuer: ISSUER, jwks: { keys: [es256.publicJwk] } }),
    audience: AUDIENCE,
    clock: aClock(),
  });
  for (let times = 0; times < 2; times++) {
    await expect(server.verify(bound)).rejects.toThrow(
      'Sender-constrained access tokens are not accepted here',
    );
  }
  server.close();
});

// Row 25: no way of construction leaves a check out.

const issuer = rfc9068({ issuer: ISSUER, jwks: { keys: [es256.publicJwk] } });
const byRule = {
  issuer: ISSUER,
  jwks: { keys: [es256.publicJwk] },
  classify: () => 'user' as const,
};

const lacking: readonly (readonly [string, unknown])[] = [
  ['nothing', undefined],
  ['null', null],
  ['an empty object', {}],
  ['no audience', { issuer }],
  ['an audience of undefined', { issuer, audience: undefined }],
  ['an audience of null', { issuer, audience: null }],
  ['an empty audience', { issuer, audience: '' }],
  ['no audience in the list', { issuer, audience: [] }],
  ['an empty one in the list', { issuer, audience: [AUDIENCE, ''] }],
  ['one that is no text in the list', { issuer, audience: [AUDIENCE, undefined] }],
  ['an audience that is a pattern', { issuer, audience: /.*/ }],
  ['an audience that is a function', { issuer, audience: () => true }],
  ['no issuer', { audience: AUDIENCE }],
  ['an issuer that is a URL', { issuer: ISSUER, audience: AUDIENCE }],
  [
    'an issuer without a rule for kinds',
    { issuer: { ...issuer, classify: undefined }, audience: AUDIENCE },
  ],
  ['no issuers', { issuers: [] }],
  [
    'an issuer of several without an audience',
    { issuers: [{ ...issuer, audience: AUDIENCE }, rfc9068('https://b.example.com')] },
  ],
  ['one audience for several issuers', { issuers: [issuer], audience: AUDIENCE }],
  [
    'one issuer twice',
    {
      issuers: [
        { ...issuer, audience: AUDIENCE },
        { ...issuer, audience: 'https://b.example.com' },
      ],
    },
  ],
  ['one and several', { issuer, issuers: [{ ...issuer, audience: AUDIENCE }], audience: AUDIENCE }],
  ['no algorithm', { issuer, audience: AUDIENCE, algorithms: [] }],
  ['none', { issuer, audience: AUDIENCE, algorithms: ['none'] }],
  ['an HMAC', { issuer, audience: AUDIENCE, algorithms: ['RS256', 'HS256'] }],
  ['an algorithm in small letters', { issuer, audience: AUDIENCE, algorithms: ['rs256'] }],
  ['algorithms that are text', { issuer, audience: AUDIENCE, algorithms: 'RS256' }],
  [
    'a tolerance without end',
    { issuer, audience: AUDIENCE, clockToleranceSec: Number.POSITIVE_INFINITY },
  ],
  ['a tolerance of an hour', { issuer, audience: AUDIENCE, clockToleranceSec: 3600 }],
  ['a tolerance that is text', { issuer, audience: AUDIENCE, clockToleranceSec: '5' }],
  ['a tolerance that is no number', { issuer, audience: AUDIENCE, clockToleranceSec: Number.NaN }],
  ['a negative tolerance', { issuer, audience: AUDIENCE, clockToleranceSec: -1 }],
  ['claims that are no schema', { issuer, audience: AUDIENCE, claims: { parse: () => ({}) } }],
  [
    'a cache without bounds',
    { issuer, audience: AUDIENCE, cache: { maxEntries: Number.POSITIVE_INFINITY } },
  ],
  ['a realm with a quote', { issuer, audience: AUDIENCE, realm: 'a"' }],
  ['a realm with a line break', { issuer, audience: AUDIENCE, realm: 'a\r\nx: y' }],
  [
    'tokens without aud, and nothing else that is checked instead',
    {
      issuer: {
        ...custom({ ...byRule, audienceClaim: 'absent', accepts: () => true }),
        accepts: undefined,
      },
    },
  ],
  [
    'an audience where tokens have none',
    {
      issuer: custom({ ...byRule, audienceClaim: 'absent', accepts: () => true }),
      audience: AUDIENCE,
    },
  ],
];

describe('row 25: construction', () => {
  it.each(lacking)('%s is a ConfigurationError, in core and in every adapter', (_, options) => {
    expect(() => createResourceServer(options as never)).toThrow(ConfigurationError);
    for (const { kit } of frameworks) {
      const authenticate: (options: never) => unknown = kit.authenticate;
      expect(() => authenticate(options as never)).toThrow(ConfigurationError);
    }
  });

  it('a guard without authenticate before it lets nobody in', async () => {
    for (const framework of frameworks) {
      const app = framework.createApp(
        ({ route }) => {
          route('/', framework.kit.requireScope('read:users'), () => 'in');
        },
        { onError: () => ({ status: 500, body: 'fault' }) },
      );
      const { port, close } = await serve(app);
      const wire = wireTo(port);
      const answer = await wire.send({ headers: [['authorization', `Bearer ${aToken()}`]] });
      expect([answer.status, answer.body]).toEqual([500, '"fault"']);
      wire.close();
      close();
    }
  });

  it('a guard after optional authentication refuses anonymous requests', async () => {
    for (const framework of frameworks) {
      const guards = (kit: typeof framework.kit) => [
        kit.requireScope('read:users'),
        kit.requireUser(),
        kit.requireClient(),
        kit.requireRole('r'),
        kit.requireActor(),
        kit.requireAuthenticationContext({ maxAgeSec: 60, clients: 'allow' }),
      ];
      for (const [index] of guards(framework.kit).entries()) {
        const target = await aTarget(framework, {
          optional: true,
          guards: ({ kit }) => guards(kit).slice(index, index + 1),
        });
        const answer = await target.send({});
        expect(answer.status).toBe(401);
        // No error (RFC 6750 §3.1); the scopes that the route needs may be told.
        expect(answer.headers['www-authenticate']).toMatch(
          /^Bearer realm="api"(?:, scope="[^"]*")?$/,
        );
        target.close();
      }
    }
  });

  it('a token of one issuer is never accepted for the audience of another', async () => {
    const other = 'https://b.example.com';
    for (const framework of frameworks) {
      const target = await aTarget(framework, {
        options: {
          issuers: [
            { ...issuer, audience: AUDIENCE },
            {
              ...rfc9068({ issuer: other, jwks: { keys: [es256.publicJwk] } }),
              audience: 'https://b-api.example.com',
            },
          ],
        },
      });
      expect((await target.send({ token: aToken() })).status).toBe(200);
      expect((await target.send({ token: aToken({ iss: other }) })).status).toBe(401);
      expect(
        (await target.send({ token: aToken({ aud: 'https://b-api.example.com' }) })).status,
      ).toBe(401);
      target.close();
    }
  });

  it('refuses a missing scope in the same way in every adapter', async () => {
    for (const framework of frameworks) {
      const target = await aTarget(framework, { guards: ({ kit }) => [kit.requireScope('admin')] });
      expectRefusal(await target.send({ token: aToken() }), insufficientScope('admin'));
      target.close();
    }
  });
});
