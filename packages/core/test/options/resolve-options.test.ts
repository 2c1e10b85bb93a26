import { describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { resolveEntry } from '../../src/issuers/resolve-entry.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { ConfigurationError } from '../../src/model/errors.ts';
import type { ResourceServerOptions } from '../../src/options/options.ts';
import { type ResolvedOptions, resolveOptions } from '../../src/options/resolve-options.ts';
import { custom } from '../../src/providers/custom.ts';
import { keycloak } from '../../src/providers/keycloak.ts';
import { rfc9068 } from '../../src/providers/rfc9068.ts';

const issuer = rfc9068('https://as.example.com');
const audience = 'https://api.example.com';
const audienceFree = custom({
  issuer: 'https://as.example.com',
  classify: () => 'user',
  audienceClaim: 'absent',
  accepts: () => true,
});

function resolve(options: unknown): ResolvedOptions {
  return resolveOptions(options as ResourceServerOptions);
}

function withOption(option: object): ResolvedOptions {
  return resolve({ issuer, audience, ...option });
}

describe('the defaults', () => {
  const resolved = withOption({});

  it('are decided once', () => {
    expect(resolved).toMatchObject({
      issuers: [{ provider: issuer, audience: [audience] }],
      issuerCache: { maxIssuers: 1_000, foundForSec: 600, unknownForSec: 30, timeoutMs: 5_000 },
      algorithms: undefined,
      clockToleranceSec: 5,
      cache: { maxEntries: 10_000, maxBytes: 33_554_432 },
      claims: undefined,
      resource: audience,
      realm: 'api',
      clock: systemClock,
    });
  });

  it('include the global fetch as it is at the time of each request, because tests and tracing replace it', async () => {
    const fake = vi.spyOn(globalThis, 'fetch').mockResolvedValue(new Response('replaced'));
    const response = await resolved.fetch('https://as.example.com/jwks', { redirect: 'manual' });
    expect(await response.text()).toBe('replaced');
    expect(fake).toHaveBeenCalledWith('https://as.example.com/jwks', { redirect: 'manual' });
    fake.mockRestore();
  });

  it('are frozen, and do not change with the caller’s objects', () => {
    for (const each of [resolved, resolved.cache, resolved.issuerCache, resolved.keys]) {
      expect(Object.isFrozen(each)).toBe(true);
    }
    const audiences: [string, ...string[]] = ['urn:a'];
    const algorithms = ['ES256' as const];
    const copied = resolve({ issuer, audience: audiences, algorithms });
    audiences.push('urn:evil');
    algorithms.pop();
    expect(copied.issuers).toMatchObject([{ audience: ['urn:a'] }]);
    expect(copied.algorithms).toEqual(['ES256']);
  });

  it('replace members that are undefined', () => {
    const options = { cache: { maxEntries: undefined }, clockToleranceSec: undefined };
    expect(withOption(options)).toMatchObject({
      cache: { maxEntries: 10_000 },
      clockToleranceSec: 5,
    });
  });
});

describe('an option', () => {
  it('must exist, because a misspelled check would be missing', () => {
    expect(() => withOption({ claim: z.object({}) })).toThrow(
      'createResourceServer() has no option "claim". Did you mean "claims"? Its options are: issuer, ',
    );
  });

  it('may be an issuer with its own audience, which an outer audience overrides', () => {
    const complete = { ...issuer, audience };
    expect(resolve({ issuer: complete }).issuers).toMatchObject([{ audience: [audience] }]);
    expect(resolve({ issuer: complete, audience: 'urn:a' }).issuers).toMatchObject([
      { audience: ['urn:a'] },
    ]);
  });

  it.each([
    [{ cache: false }, { cache: undefined }],
    [{ cache: { maxEntries: 1 } }, { cache: { maxEntries: 1, maxBytes: 33_554_432 } }],
    [{ clockToleranceSec: 0 }, { clockToleranceSec: 0 }],
    [{ clockToleranceSec: 300 }, { clockToleranceSec: 300 }],
    [{ clockToleranceSec: 0.5 }, { clockToleranceSec: 0.5 }],
    [{ token: {} }, { maxTokenBytes: 16_384 }],
    [{ token: { maxBytes: 65_536 } }, { maxTokenBytes: 65_536 }],
    [
      { allowHttp: ['Keycloak', '172.18.0.3', 'fd00::1'] },
      { allowHttp: ['keycloak', '172.18.0.3', '[fd00::1]'] },
    ],
    [{ algorithms: ['PS512', 'EdDSA'] }, { algorithms: ['PS512', 'EdDSA'] }],
    [{ realm: 'my api' }, { realm: 'my api' }],
    [{ resource: 'https://api.example.com/v1' }, { resource: 'https://api.example.com/v1' }],
    [{ audience: ['urn:a', 'urn:b'] }, { issuers: [{ audience: ['urn:a', 'urn:b'] }] }],
  ])('may be %j', (option, expected) => {
    expect(withOption(option)).toMatchObject(expected);
  });

  it('may be a Standard Schema that is an object or a function', () => {
    const schema = z.object({});
    expect(withOption({ claims: schema }).claims).toBe(schema);
    const callable = Object.assign(() => {}, { '~standard': schema['~standard'] });
    expect(withOption({ claims: callable }).claims).toBe(callable);
  });

  it('may be a resolver of issuers', () => {
    const issuers = () => undefined;
    expect(resolve({ issuers, issuerCache: { maxIssuers: 2 } })).toMatchObject({
      issuers,
      issuerCache: { maxIssuers: 2, foundForSec: 600 },
      resource: undefined,
    });
  });

  it('may be an issuer whose tokens have no aud, without an audience', () => {
    expect(resolve({ issuer: audienceFree }).issuers).toEqual([
      { provider: audienceFree, audience: undefined },
    ]);
  });

  it('resource is the only audience by default, if that is a URL', () => {
    const other = rfc9068('https://other.example.com');
    const both = (first: string, second: string) =>
      resolve({
        issuers: [
          { ...issuer, audience: first },
          { ...other, audience: second },
        ],
      }).resource;
    expect(both(audience, audience)).toBe(audience);
    expect(both(audience, 'urn:b')).toBeUndefined();
    expect(withOption({ audience: 'my-api' }).resource).toBeUndefined();
    expect(withOption({ audience: `${audience}#fragment` }).resource).toBeUndefined();
  });
});

const entry = { ...issuer, audience };
const named = {
  ...rfc9068({ issuer: 'https://b.example.com', name: 'https://as.example.com' }),
  audience,
};

it('accepts two issuers with one name if both set it, to move from one issuer to another', () => {
  const issuers = ['https://old.example.com', 'https://new.example.com'].map((url) => ({
    ...rfc9068({ issuer: url, name: 'acme' }),
    audience,
  }));
  expect(resolve({ issuers }).issuers).toHaveLength(2);
});

// Every mistake, and the line to write instead.
const MISTAKES: readonly (readonly [what: string, options: unknown, line: RegExp])[] = [
  ['no options', undefined, /takes an object.*Write: createResourceServer\(\{ issuer: auth0\(/],
  ['null', null, /Write: createResourceServer\(\{ issuer: auth0\(/],
  ['no issuer', { audience }, /^issuer is missing\. Write: issuer: auth0\(/],
  [
    'a URL for an issuer',
    { issuer: 'https://as.example.com', audience },
    /not a URL.*Write: issuer: /,
  ],
  ['a preset that was not called', { issuer: rfc9068, audience }, /Write: issuer: /],
  ['no audience', { issuer }, /audience is missing.*Write: audience: 'https:/],
  ['an empty audience', { issuer, audience: '' }, /Write: audience: /],
  ['an empty list of audiences', { issuer, audience: [] }, /Write: audience: /],
  ['an audience in a list that is empty', { issuer, audience: ['urn:a', ''] }, /Write: audience: /],
  ['an audience of another type', { issuer, audience: { url: audience } }, /Write: audience: /],
  ['null for an audience', { issuer, audience: null }, /Write: audience: /],
  ['an audience where there is no aud', { issuer: audienceFree, audience }, /Leave audience out/],
  [
    'no aud, and nothing else that is checked instead',
    { issuer: { ...issuer, accepts: undefined, audienceClaim: 'absent' } },
    /check something else instead.*Write: .*accepts: /,
  ],
  ...[keycloak('https://sso.acme.com/realms/acme'), issuer].map(
    (preset): [string, object, RegExp] => [
      `no aud for ${preset.preset}, whose tokens have one`,
      { issuer: { ...preset, accepts: () => true, audienceClaim: 'absent' } },
      /have an aud.*Leave audienceClaim out, and write: audience: /,
    ],
  ),
  ['issuer and issuers', { issuer, issuers: [entry] }, /exclude each other.*Write: issuer: /],
  [
    'issuers and an audience',
    { issuers: [entry], audience },
    /has its own audience.*Write: issuers: /,
  ],
  ['no issuers in the list', { issuers: [] }, /Write: issuers: \[/],
  ['issuers as text', { issuers: 'https://as.example.com' }, /Write: issuers: \[/],
  ['an issuer that is missing in the list', { issuers: [undefined] }, /Write: issuer: /],
  [
    'an issuer in the list without audience',
    { issuers: [issuer] },
    /in an issuers list: \{ \.\.\.auth0/,
  ],
  ['an issuer twice', { issuers: [entry, entry] }, /share the iss https:\/\/as.*Write: /],
  [
    'one issuer under the name of another',
    { issuers: [entry, named] },
    /share the name https:\/\/as.*Write: /,
  ],
  [
    'the same in the other order',
    { issuers: [named, entry] },
    /share the name https:\/\/as.*Write: /,
  ],
  [
    'a name of an issuer that two others share',
    {
      issuers: [
        named,
        { ...rfc9068({ issuer: 'https://c.example.com', name: named.name }), audience },
        entry,
      ],
    },
    /share the name https:\/\/as.*Write: /,
  ],
  [
    'algorithms that are no list',
    { issuer, audience, algorithms: 'ES256' },
    /Write: algorithms: \['RS256'/,
  ],
  ['no algorithms', { issuer, audience, algorithms: [] }, /Write: algorithms: /],
  ['none', { issuer, audience, algorithms: ['ES256', 'none'] }, /Write: algorithms: /],
  ['HMAC', { issuer, audience, algorithms: ['HS256'] }, /Write: algorithms: /],
  [
    'an algorithm by a name of Object',
    { issuer, audience, algorithms: ['toString'] },
    /Write: algorithms: /,
  ],
  ...[-1, 301, Number.NaN, Number.POSITIVE_INFINITY, '5', null, [5], true].map(
    (clockToleranceSec) =>
      [
        `a tolerance of ${JSON.stringify(clockToleranceSec)}`,
        { issuer, audience, clockToleranceSec },
        /from 0 to 300\. Write: clockToleranceSec: 5$/,
      ] as const,
  ),
  ...[1_023, 65_537, 0, '20000', Number.NaN].map(
    (maxBytes) =>
      [
        `tokens of ${JSON.stringify(maxBytes)} bytes`,
        { issuer, audience, token: { maxBytes } },
        /^token\.maxBytes must be a whole number/,
      ] as const,
  ),
  ['an unknown option of token', { issuer, audience, token: { max: 1 } }, /maxBytes$/],
  ...['keycloak', ['http://keycloak'], ['keycloak:8080'], [''], [7], ['a/b'], null].map(
    (allowHttp) =>
      [
        `allowHttp ${JSON.stringify(allowHttp)}`,
        { issuer, audience, allowHttp },
        /Write: allowHttp: \['keycloak', '172\.18\.0\.3'\]$/,
      ] as const,
  ),
  ...[{}, { parse() {} }, 'schema', 7, null, () => {}].map(
    (claims, index) =>
      [
        `claims that are no schema, ${index}`,
        { issuer, audience, claims },
        /Write: claims: z\.object/,
      ] as const,
  ),
  ...[0, -1, 1.5, '10', Number.NaN, 2 ** 31].flatMap((value) => [
    [
      `a cache of ${JSON.stringify(value)}`,
      { issuer, audience, cache: { maxEntries: value } },
      /^cache\.maxEntries must be a whole number.*Write: cache: \{ maxEntries: 10000 \}$/,
    ] as const,
    [
      `a patience of ${JSON.stringify(value)}`,
      { issuers: () => undefined, issuerCache: { timeoutMs: value } },
      /^issuerCache\.timeoutMs must be a whole number.*Write: issuerCache: \{ timeoutMs: 5000 \}$/,
    ] as const,
  ]),
  [
    'an unknown option of cache',
    { issuer, audience, cache: { max: 5 } },
    /no option "max".*maxEntries, maxBytes/,
  ],
  [
    'an unknown option of issuerCache',
    { issuers: () => undefined, issuerCache: { ttl: 5 } },
    /no option "ttl".*maxIssuers, foundForSec/,
  ],
  ['an unknown option of keys', { issuer, audience, keys: { ttl: 5 } }, /keys has no option "ttl"/],
  ['a realm with a quote', { issuer, audience, realm: 'a"b' }, /Write: realm: 'api'/],
  ['a realm with a line break', { issuer, audience, realm: 'a\nb' }, /Write: realm: 'api'/],
  ['an empty realm', { issuer, audience, realm: '' }, /Write: realm: 'api'/],
  ['a realm of another type', { issuer, audience, realm: 7 }, /Write: realm: 'api'/],
  ...['api', '/v1', 'urn:a', 'https://a#b', 'https://', 'ftp://a', 7, null, ''].map(
    (resource) =>
      [
        `a resource of ${JSON.stringify(resource)}`,
        { issuer, audience, resource },
        /Write: resource: 'https:/,
      ] as const,
  ),
];

describe('the error for a mistake says what to write', () => {
  it.each(MISTAKES)('%s', (_what, options, line) => {
    const call = () => resolve(options);
    expect(call).toThrow(ConfigurationError);
    expect(call).toThrow(line);
  });
});

describe('resolveEntry', () => {
  it('checks an entry from a resolver like any other', () => {
    expect(resolveEntry(issuer, audience)).toEqual({ provider: issuer, audience: [audience] });
    expect(() => resolveEntry(issuer, undefined)).toThrow(ConfigurationError);
    expect(() => resolveEntry(null as never, audience)).toThrow(ConfigurationError);
  });

  it('refuses an audience that every token of the issuer has', () => {
    const realm = keycloak({ issuer: 'https://sso.acme.com/realms/acme', jwks: { keys: [] } });
    for (const common of ['account', ['account'], ['account', 'account']]) {
      expect(() => resolveEntry(realm, common)).toThrow(ConfigurationError);
      expect(() => resolveEntry(realm, common)).toThrow(/Add a mapper of type Audience/);
    }
    expect(resolveEntry(realm, ['account', 'parcels-api']).audience).toHaveLength(2);
    expect(resolveEntry(realm, 'parcels-api').audience).toEqual(['parcels-api']);
    expect(resolveEntry(issuer, 'account').audience).toEqual(['account']);
  });
});
