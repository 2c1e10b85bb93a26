import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ABSENT, credentialsOf, isBearerToken } from '../../src/http/credentials.ts';

function read(authorization: string | readonly string[] | undefined): string {
  const credentials = credentialsOf({
    method: 'GET',
    url: '/?access_token=from-the-query',
    header: (name) => (name === 'authorization' ? authorization : 'Bearer from-elsewhere'),
  });
  return credentials.kind === 'bearer' ? `token ${credentials.token}` : credentials.reason;
}

describe('credentialsOf', () => {
  it('finds nothing in a request without the header, wherever else a token is', () => {
    expect(read(undefined)).toBe('credentials_missing');
    const bare = { method: 'GET', url: '/?access_token=x', header: () => undefined };
    expect(credentialsOf(bare)).toBe(ABSENT);
  });

  it.each(['Bearer a.b.c', 'bearer a.b.c', 'BEARER a.b.c', 'bEaReR a.b.c', 'Bearer   a.b.c'])(
    'reads the token of %j',
    (value) => {
      expect(read(value)).toBe('token a.b.c');
      expect(read([value])).toBe('token a.b.c');
    },
  );

  it.each([
    '',
    ' ',
    'Bearer',
    'bearer',
    'Bearer ',
    'Bearer    ',
    'Bearer\ta.b.c',
    'Bearer\u00a0a.b.c',
    'Bearer:a.b.c',
    'Bearer=a.b.c',
    'Bearer a b',
    'Bearer a.b.c ',
    'Bearer a.b.c x=y',
    ' Bearer a.b.c',
    '\tBearer a.b.c',
    '=',
    'a.b.c\0',
    '"Bearer" a.b.c',
    'Bаsic x', // a Cyrillic letter
  ])('finds %j malformed', (value) => {
    expect(read(value)).toBe('authorization_malformed');
  });

  it.each([
    'Basic dXNlcjpwYXNz',
    'Basic',
    'Digest username="ada", realm="x"',
    'DPoP a.b.c',
    'Token a.b.c',
    'BearerX a.b.c',
    'Bearer2 a.b.c',
    'X-Bearer a.b.c',
    'eyJhbGciOiJFUzI1NiJ9',
    'a.b.c',
  ])('takes %j for another scheme', (value) => {
    expect(read(value)).toBe('scheme_unsupported');
  });

  it.each([
    'Bearer a.b.c, Bearer d.e.f',
    'Bearer a.b.c,Bearer d.e.f',
    'Bearer a.b.c,d.e.f',
    'Bearer ,',
    'Bearer a.b.c, Basic dXNlcjpwYXNz',
    'Basic dXNlcjpwYXNz, Bearer a.b.c',
    'Basic dXNlcjpwYXNz,bearer a.b.c',
    'DPoP x,    BEARER',
  ])('finds more than one credential in %j', (value) => {
    expect(read(value)).toBe('authorization_repeated');
  });

  it.each([
    ['two alike', ['Bearer a.b.c', 'Bearer a.b.c']],
    ['two that differ', ['Bearer a.b.c', 'Bearer d.e.f']],
    ['a good one after another scheme', ['Basic x', 'Bearer a.b.c']],
    ['a good one and an empty one', ['Bearer a.b.c', '']],
    ['none at all, in a list', []],
  ])('refuses headers that come as a list: %s', (_what, values) => {
    expect(read(values)).toBe('authorization_repeated');
  });

  it('never throws, and gives a token without separators or gives none', () => {
    const value = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string().map((text) => `Bearer ${text}`),
      fc.string({ unit: fc.constantFrom('B', 'bearer', ' ', ',', '\t', '=', '"', 'x') }),
    );
    fc.assert(
      fc.property(value, (header) => {
        const answer = read(header);
        expect(answer).toMatch(/^(?:token [^ ,]+|scheme_unsupported|authorization_\w+)$/s);
      }),
    );
  });
});

describe('isBearerToken', () => {
  it.each(['a', 'a.b.c', 'AZaz09-._~+/', 'abc=', 'abc===='])(
    'accepts %j (RFC 6750 §2.1)',
    (text) => {
      expect(isBearerToken(text)).toBe(true);
    },
  );

  it.each(['', '=', 'a=b', 'a b', 'a,b', 'a"', 'a\\', 'a\n', '\na', 'é', 'a:b', 'a%20', 'a\0'])(
    'refuses %j',
    (text) => {
      expect(isBearerToken(text)).toBe(false);
    },
  );
});

describe('what is no bearer token', () => {
  it.each([
    [undefined, 'credentials_missing'],
    ['', 'authorization_malformed'],
    ['Basic x', 'scheme_unsupported'],
    [['a', 'b'], 'authorization_repeated'],
  ])('%j is of the kind none, frozen, with its reason alone', (value, reason) => {
    const credentials = credentialsOf({ method: 'GET', url: '/', header: () => value });
    expect(credentials).toEqual({ kind: 'none', reason });
    expect(Object.isFrozen(credentials)).toBe(true);
  });
});
