import { describe, expect, it } from 'vitest';
import {
  fromCookie,
  fromHeader,
  isCredentialSource,
  readCredentials,
} from '../../src/http/credential-source.ts';
import { ABSENT } from '../../src/http/credentials.ts';
import { ConfigurationError } from '../../src/model/errors.ts';

const origins = ['https://app.example.com'] as const;
type Source = ReturnType<typeof fromCookie>;

function read(
  source: Source,
  headers: Readonly<Record<string, string | readonly string[]>>,
  method = 'GET',
): string {
  const credentials = readCredentials(source, {
    method,
    url: '/?__Host-at=from-the-query',
    header: (name) => headers[name],
  });
  if (credentials.scheme === undefined) return credentials.reason;
  return `${credentials.scheme} ${credentials.token}`;
}

describe('fromCookie', () => {
  const source = fromCookie('__Host-at', { origins });

  it('reads the cookie of that name, and the Authorization header where there is none', () => {
    expect(read(source, { cookie: 'a=1; __Host-at=a.b.c' })).toBe('bearer a.b.c');
    expect(read(source, { cookie: ['a=1', '__Host-at=a.b.c'] })).toBe('bearer a.b.c');
    expect(read(source, { cookie: '\t __Host-at=a.b.c== \t;a=1' })).toBe('bearer a.b.c==');
    expect(read(source, { authorization: 'Bearer a.b.c' })).toBe('bearer a.b.c');
    expect(read(source, { authorization: 'Basic x', cookie: 'a=1' })).toBe('scheme_unsupported');
  });

  it('reports absent credentials if there is neither, so that an anonymous request can pass', () => {
    const request = { method: 'POST', url: '/', header: () => undefined };
    expect(readCredentials(source, request)).toBe(ABSENT);
  });

  it('does not take long for a cookie header of many spaces', () => {
    const blanks = ' '.repeat(200_000);
    // With a regular expression for the blanks this takes minutes.
    expect(read(source, { cookie: `a=${blanks}x;__Host-at=a.b.c` })).toBe('bearer a.b.c');
  });

  it('accepts a name without __Host- with prefix: none', () => {
    expect(read(fromCookie('at', { origins, prefix: 'none' }), { cookie: 'at=a.b.c' })).toBe(
      'bearer a.b.c',
    );
  });

  it.each<[string, () => unknown, string]>([
    [
      'a name without __Host-',
      () => fromCookie('at', { origins }),
      "Write: fromCookie('__Host-at', { … }), or { …, prefix: 'none' }",
    ],
    ['the prefix alone', () => fromCookie('__Host-', { origins }), 'does not start with __Host-'],
    ['another prefix', () => fromCookie('__Secure-at', { origins }), "fromCookie('__Host-__Secure"],
    ['no name', () => fromCookie('', { origins }), 'needs the name of a cookie'],
    ['a name of two words', () => fromCookie('__Host-a b', { origins }), 'needs the name of a'],
    ['a name with =', () => fromCookie('__Host-a=b', { origins }), 'needs the name of a cookie'],
    [
      'no options',
      () => fromCookie('__Host-at', undefined as never),
      "Write: fromCookie('__Host-at', { origins: ['https://app.acme.com'] })",
    ],
    ['no origins', () => fromCookie('__Host-at', {} as never), 'origins must be a list'],
    [
      'a prefix that there is not',
      () => fromCookie('at', { origins, prefix: '' as never }),
      "prefix must be '__Host-' or 'none'",
    ],
  ])('refuses %s', (_what, make, message) => {
    expect(make).toThrow(ConfigurationError);
    expect(make).toThrow(message);
  });
});

describe('fromHeader', () => {
  const source = fromHeader('X-Forwarded-Access-Token');

  it('reads the named header, and never Authorization', () => {
    expect(read(source, { 'x-forwarded-access-token': 'a.b.c' })).toBe('bearer a.b.c');
    expect(read(source, { 'x-forwarded-access-token': ['a.b.c'] })).toBe('bearer a.b.c');
    expect(read(source, { 'x-forwarded-access-token': 'Bearer a.b.c' })).toBe('bearer a.b.c');
    expect(read(source, { authorization: 'Bearer a.b.c' })).toBe('credentials_missing');
  });

  it('checks the origin only if origins are listed', () => {
    const headers = { 'x-forwarded-access-token': 'a.b.c' };
    expect(read(source, headers, 'POST')).toBe('bearer a.b.c');
    const listed = fromHeader('x-forwarded-access-token', { origins });
    expect(read(listed, headers, 'POST')).toBe('origin_not_allowed');
    expect(read(listed, { ...headers, origin: origins[0] }, 'POST')).toBe('bearer a.b.c');
    expect(read(listed, headers)).toBe('bearer a.b.c');
  });

  it.each(['authorization', 'Authorization', 'Cookie', '', 'a b', 'x:', 7])(
    'refuses %j as a name',
    (name) => {
      const make = () => fromHeader(name as string);
      expect(make).toThrow(ConfigurationError);
      expect(make).toThrow("Write: fromHeader('x-forwarded-access-token')");
    },
  );

  it('refuses an empty list of origins', () => {
    expect(() => fromHeader('x-token', { origins: [] as never })).toThrow('fromHeader(): origins');
  });
});

describe('a source of credentials', () => {
  it('is recognized by its brand, and cannot be changed', () => {
    const source = fromHeader('x-token');
    expect(isCredentialSource(source)).toBe(true);
    expect(Object.isFrozen(source)).toBe(true);
    expect(source.description).toBe('header x-token');
    for (const other of [undefined, null, {}, 'x-token', () => ABSENT, Object.create(source)]) {
      expect(isCredentialSource(other)).toBe(false);
    }
  });
});
