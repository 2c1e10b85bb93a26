import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ABSENT, credentialsOf } from '../../src/http/credentials.ts';
import type { Scheme } from '../../src/model/scheme.ts';

function read(
  authorization: string | readonly string[] | undefined,
  accepted?: readonly Scheme[],
): string {
  const request = {
    method: 'GET',
    url: '/?access_token=from-the-query',
    header: (name: string) => (name === 'authorization' ? authorization : 'Bearer from-elsewhere'),
  };
  const credentials = credentialsOf(request, accepted);
  if (credentials.scheme === undefined) return credentials.reason;
  return `${credentials.scheme === 'bearer' ? 'token' : credentials.scheme} ${credentials.token}`;
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
  ])('reports an unsupported scheme for %j', (value) => {
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

  it('never throws, and never gives a token that contains a space or a comma', () => {
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

describe('credentialsOf, if DPoP and Bearer are accepted', () => {
  const both: readonly Scheme[] = ['bearer', 'dpop'];

  it.each([
    ['Bearer a.b.c', 'token a.b.c'],
    ['DPoP a.b.c', 'dpop a.b.c'],
    ['dpop a.b.c', 'dpop a.b.c'],
    ['DPOP   a.b.c', 'dpop a.b.c'],
    ['DPoP', 'authorization_malformed'],
    ['DPoP ', 'authorization_malformed'],
    ['DPoP\ta.b.c', 'authorization_malformed'],
    ['DPoP a b', 'authorization_malformed'],
    ['DPoPX a.b.c', 'scheme_unsupported'],
    ['Basic dXNlcjpwYXNz', 'scheme_unsupported'],
    ['Digest username="ada", realm="dpop"', 'scheme_unsupported'],
  ])('reads %j as: %s', (value, expected) => {
    expect(read(value, both)).toBe(expected);
  });

  it.each([
    'DPoP a.b.c, DPoP d.e.f',
    'DPoP a.b.c, Bearer d.e.f',
    'Bearer a.b.c, DPoP d.e.f',
    'DPoP a.b.c,d.e.f',
    'DPoP a.b.c, Basic x',
    'Basic x, DPoP a.b.c',
    'Basic x,\tdpop a.b.c',
    'Basic x, y="z", bearer a.b.c',
  ])('finds more than one credential in %j', (value) => {
    expect(read(value, both)).toBe('authorization_repeated');
  });

  it('refuses two headers, of the same scheme and of two schemes', () => {
    expect(read(['DPoP a', 'Bearer a'], both)).toBe('authorization_repeated');
    expect(read(['DPoP a', 'DPoP a'], both)).toBe('authorization_repeated');
  });

  it('reports an unsupported scheme for Bearer if only DPoP is accepted', () => {
    expect(read('Bearer a.b.c', ['dpop'])).toBe('scheme_unsupported');
    expect(read('DPoP a.b.c', ['dpop'])).toBe('dpop a.b.c');
  });
});

describe('values that are not a bearer token', () => {
  it.each([
    [undefined, 'credentials_missing'],
    ['', 'authorization_malformed'],
    ['Basic x', 'scheme_unsupported'],
    [['a', 'b'], 'authorization_repeated'],
  ])('%j has no scheme, is frozen, and has only a reason', (value, reason) => {
    const credentials = credentialsOf({ method: 'GET', url: '/', header: () => value });
    expect(credentials).toStrictEqual({ scheme: undefined, reason });
    expect(Object.isFrozen(credentials)).toBe(true);
  });
});
