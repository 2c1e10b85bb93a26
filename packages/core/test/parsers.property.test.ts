import { createPublicKey, verify } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { eddsa, es256, forger, keys } from '../../../test/security/support/keys.ts';
import { aToken } from '../../../test/support/tokens.ts';
import { credentialsOf } from '../src/http/credentials.ts';
import { fetchJson } from '../src/keys/bounded-json.ts';
import { createDiscovery } from '../src/keys/discovery.ts';
import { KeyFetchError } from '../src/keys/key-fetch-error.ts';
import { usableKeys } from '../src/keys/usable-keys.ts';
import { createJwsParser } from '../src/token/jws.ts';

// Each parser gets valid input by a model of its grammar, and that input's neighbors. What a parser
// gives is held against an answer that was found by other means.

const runs = { numRuns: 60 };

/** Text with one place changed: something put in, taken out or replaced. */
function neighbor(text: string, insertions: readonly string[]): fc.Arbitrary<string> {
  return fc
    .tuple(fc.nat({ max: text.length }), fc.nat({ max: 2 }), fc.constantFrom(...insertions, ''))
    .map(([at, removed, inserted]) => text.slice(0, at) + inserted + text.slice(at + removed));
}

describe('credentials.ts', () => {
  const scheme = fc.mixedCase(fc.constant('bearer'));
  const spaces = fc.integer({ min: 1, max: 4 }).map((count) => ' '.repeat(count));
  const token = fc.stringMatching(/^[A-Za-z0-9\-._~+/]{1,40}={0,2}$/);
  const separators = [
    ' ',
    ',',
    ', ',
    '\t',
    '"',
    '=',
    ';',
    '\0',
    'é',
    'Bearer ',
    'Basic x',
    '\u00a0',
  ];

  function read(value: string | readonly string[]) {
    return credentialsOf({ method: 'GET', url: '/', header: () => value });
  }

  it('give the token of every header that follows the grammar', () => {
    fc.assert(
      fc.property(scheme, spaces, token, (name, gap, value) => {
        expect(read(name + gap + value)).toEqual({ scheme: 'bearer', token: value });
      }),
      runs,
    );
  });

  it('give no token for a slightly changed header, unless that follows the grammar, too', () => {
    const changed = fc
      .tuple(scheme, spaces, token)
      .chain(([name, gap, value]) => neighbor(name + gap + value, separators));
    fc.assert(
      fc.property(changed, (header) => {
        const credentials = read(header);
        if (credentials.scheme === undefined) return;
        const [first = '', ...rest] = header.split(' ').filter((part) => part !== '');
        expect(first.toLowerCase()).toBe('bearer');
        expect(rest).toEqual([credentials.token]);
        expect(header).not.toContain(',');
        expect(header.startsWith(first)).toBe(true);
      }),
      runs,
    );
  });

  it('give no token if there are several credentials', () => {
    const header = fc.oneof(
      fc.tuple(scheme, token).map(([name, value]) => `${name} ${value}`),
      fc.constantFrom('', 'Basic YTpi', 'DPoP x'),
    );
    fc.assert(
      fc.property(fc.array(header, { minLength: 2, maxLength: 4 }), (values) => {
        expect(read(values)).toMatchObject({ reason: 'authorization_repeated' });
        expect(read(values.join(', ')).scheme).toBeUndefined();
      }),
      runs,
    );
  });
});

describe('jws.ts', () => {
  const parse = createJwsParser();
  const member = fc.constantFrom('kid', 'typ', 'x', 'jwk', 'jku', 'x5c', 'cty', '__proto__');
  const header = fc
    .tuple(
      fc.constantFrom('ES256', 'RS256', 'PS256', 'EdDSA', 'Ed25519', 'RS512'),
      fc.dictionary(member, fc.string()),
    )
    .map(([alg, more]) => JSON.stringify({ ...more, alg }));
  const claims = fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 }));
  const signature = fc.uint8Array({ maxLength: 80 });

  function part(bytes: string | Uint8Array): string {
    return Buffer.from(bytes).toString('base64url');
  }

  it('gives header, claims and signature as they were written', () => {
    fc.assert(
      fc.property(header, claims, signature, (head, body, bytes) => {
        const input = `${part(head)}.${part(JSON.stringify(body))}`;
        const jws = parse(`${input}.${part(bytes)}`);
        if (typeof jws === 'string') return expect.unreachable(jws);
        expect(jws.header.parameters).toEqual(JSON.parse(head));
        expect(jws.claims).toEqual(JSON.parse(JSON.stringify(body)));
        expect(jws.signingInput).toBe(input);
        expect([...jws.signature]).toEqual([...bytes]);
      }),
      runs,
    );
  });

  it('reads a slightly changed token as other bytes, or not at all', () => {
    const original = aToken();
    const expected = parse(original);
    if (typeof expected === 'string') expect.unreachable(expected);
    const changed = neighbor(original, [
      'A',
      'B',
      '=',
      '.',
      '-',
      '+',
      '/',
      '_',
      ' ',
      '\n',
      'é',
      '\0',
    ]);
    fc.assert(
      fc.property(changed, (token) => {
        const jws = parse(token);
        if (typeof jws === 'string' || typeof expected === 'string' || token === original) return;
        const same =
          jws.signingInput === expected.signingInput &&
          Buffer.compare(jws.signature, expected.signature) === 0;
        expect(same).toBe(false);
      }),
      runs,
    );
  });
});

describe('usable-keys.ts', () => {
  const publicJwks = keys.map(({ publicJwk }) => publicJwk);
  const oddMember = fc.oneof(
    fc.constantFrom('sig', 'enc', 'verify', 'sign', 'RSA', 'EC', 'OKP', 'oct', 'P-256', 'P-384'),
    fc.constantFrom<unknown>(
      null,
      undefined,
      0,
      true,
      '',
      [],
      {},
      ['verify'],
      ['sign'],
      'AQAB',
      'AQ',
    ),
    fc.base64String({ maxLength: 24 }),
  );
  const names = [
    'kty',
    'crv',
    'x',
    'y',
    'n',
    'e',
    'd',
    'k',
    'alg',
    'use',
    'kid',
    'key_ops',
    '__proto__',
    'x5c',
  ];
  const entry = fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom<object>(...publicJwks) },
    {
      weight: 6,
      arbitrary: fc
        .tuple(fc.constantFrom(...publicJwks), fc.dictionary(fc.constantFrom(...names), oddMember))
        .map(([jwk, changes]) => ({ ...jwk, ...changes })),
    },
    { weight: 1, arbitrary: fc.constantFrom<object>(forger.privateJwk, { kty: 'oct', k: 'AA' }) },
    { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 2 }) },
  );
  const input = Buffer.from('e30.e30');

  it('keep only public keys, as the set had them, each kid once for an algorithm; and every entry is kept or counted as ignored', () => {
    fc.assert(
      fc.property(
        fc.array(entry, { maxLength: 12 }),
        fc.integer({ min: 1, max: 6 }),
        (entries, maxKeys) => {
          const { keys: kept, ignored } = usableKeys(entries, { maxKeys, uses: ['sig'] });
          const uses = kept.flatMap(({ kid, algorithms }) =>
            kid === undefined ? [] : algorithms.map((algorithm) => `${algorithm} ${kid}`),
          );
          expect(new Set(uses).size).toBe(uses.length);
          expect(kept.length).toBeLessThanOrEqual(maxKeys);
          for (const { keyObject, algorithms, kid } of kept) {
            expect(keyObject.type).toBe('public');
            expect(algorithms.length).toBeGreaterThan(0);
            // A member that is null counts as absent.
            const memberOf = (each: object, name: string) => Reflect.get(each, name) ?? undefined;
            const sources = entries.filter((each) => memberOf(Object(each), 'kid') === kid);
            expect(sources.some((each) => memberOf(Object(each), 'd') === undefined)).toBe(true);
            // Whatever was kept verifies, and refuses: it is no half of a key.
            expect(
              verify(null, input, { key: keyObject, dsaEncoding: 'ieee-p1363' }, Buffer.alloc(64)),
            ).toBe(false);
          }
          const dropped = [...ignored.values()].reduce((sum, count) => sum + count, 0);
          expect(kept.length + dropped).toBeLessThanOrEqual(entries.length);
        },
      ),
      runs,
    );
  });

  it('keep a good key, whatever other entries the set has', () => {
    const junk = entry.filter((each) => Reflect.get(Object(each), 'kid') !== es256.kid);
    fc.assert(
      fc.property(fc.array(junk, { maxLength: 8 }), fc.nat({ max: 8 }), (entries, at) => {
        const set = [...entries.slice(0, at), es256.publicJwk, ...entries.slice(at)];
        const { keys: kept } = usableKeys(set, { maxKeys: 100, uses: ['sig'] });
        const good = kept.find(({ kid }) => kid === es256.kid);
        const { kid: _, ...material } = es256.publicJwk;
        expect(good?.keyObject.equals(createPublicKey({ key: material, format: 'jwk' }))).toBe(
          true,
        );
      }),
      runs,
    );
  });
});

describe('discovery.ts', () => {
  const ISSUER = 'https://as.example.com';
  const url = fc.oneof(
    fc.webUrl(),
    fc.constantFrom(
      `${ISSUER}/jwks`,
      'http://as.example.com/jwks',
      'http://localhost:1/jwks',
      'http://127.0.0.1/jwks',
      'http://127.0.0.1.evil.example/jwks',
      'http://localhost.evil.example/jwks',
      'https://user@as.example.com/jwks',
      'file:///etc/passwd',
      'data:application/json,{}',
      'javascript:1',
      '//as.example.com/jwks',
      'jwks',
      '',
      'http://[::1]/jwks',
      'http://0x7f.1/jwks',
    ),
  );
  const metadata = fc.oneof(
    fc.record(
      {
        issuer: fc.constantFrom<unknown>(ISSUER, `${ISSUER}/`, [ISSUER], null, 7),
        jwks_uri: fc.oneof(url, fc.jsonValue()),
      },
      { requiredKeys: [] },
    ),
    fc.record({ issuer: fc.constant(ISSUER), jwks_uri: url }),
    fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 1 })),
  );

  it('gives only https URLs, or http on loopback, from metadata of the configured issuer', async () => {
    await fc.assert(
      fc.asyncProperty(metadata, async (body: Readonly<Record<string, unknown>>) => {
        const documents = [`${ISSUER}/.well-known/openid-configuration`];
        const discover = createDiscovery({ documents, issuer: ISSUER });
        try {
          const found = await discover(async () => ({ body, headers: new Headers() }));
          const { protocol, hostname, username, password } = new URL(found);
          expect(body['issuer']).toBe(ISSUER);
          expect(found).toBe(body['jwks_uri']);
          expect(username + password).toBe('');
          const isLocal = /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/.test(hostname);
          expect(protocol === 'https:' || (protocol === 'http:' && isLocal)).toBe(true);
        } catch (error) {
          if (!(error instanceof KeyFetchError)) throw error;
          expect(['issuer_mismatch', 'malformed']).toContain(error.failure);
        }
      }),
      runs,
    );
  });
});

describe('bounded-json.ts', () => {
  const chunk = fc.oneof(
    fc.uint8Array({ maxLength: 40 }),
    fc
      .constantFrom('{"keys":[', ']}', '{}', '"a":1', ',', ' ', '[', '\uFEFF', '{"a":"é"}')
      .map((text) => new Uint8Array(Buffer.from(text))),
  );
  const status = fc.oneof(
    fc.constant(200),
    fc.constantFrom(201, 204, 206, 301, 302, 304, 307, 308, 400, 401, 404, 500, 503),
  );
  const MAX_BYTES = 100;

  it('gives the object that JSON.parse gives, or a KeyFetchError, and reads at most the limit', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(chunk, { maxLength: 8 }), status, async (chunks, code) => {
        let pulled = 0;
        const stream = new ReadableStream<Uint8Array>(
          {
            pull(controller) {
              const next = chunks[pulled];
              pulled += 1;
              if (next === undefined) controller.close();
              else controller.enqueue(next);
            },
          },
          { highWaterMark: 0 },
        );
        const bodyless = code === 204 || code === 304;
        const answer = new Response(bodyless ? null : stream, { status: code });
        const options = {
          fetch: async () => answer,
          signal: new AbortController().signal,
          maxBytes: MAX_BYTES,
        };
        const whole = Buffer.concat(chunks);
        try {
          const { body } = await fetchJson('https://as.example.com/jwks', options);
          expect(code).toBe(200);
          expect(whole.length).toBeLessThanOrEqual(MAX_BYTES);
          // A byte-order mark in front is skipped (RFC 8259 §8.1 lets a parser do so).
          expect(body).toEqual(JSON.parse(whole.toString().replace(/^\uFEFF/, '')));
          expect(Array.isArray(body)).toBe(false);
        } catch (error) {
          if (!(error instanceof KeyFetchError)) throw error;
          if (code >= 300 && code < 400) expect(error.failure).toBe('redirect');
          else if (code !== 200) expect(error.failure).toBe('status');
          else expect(error.failure).toBe(whole.length > MAX_BYTES ? 'too_large' : 'not_json');
        }
        const read = chunks.slice(0, pulled).reduce((sum, each) => sum + each.length, 0);
        expect(read).toBeLessThanOrEqual(MAX_BYTES + 40);
      }),
      runs,
    );
  });
});

it('the parser also reads a token that is signed with EdDSA', () => {
  expect(createJwsParser()(aToken({}, { key: eddsa }))).toBeTypeOf('object');
});
