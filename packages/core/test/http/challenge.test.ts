import { validateHeaderValue } from 'node:http';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { challenge } from '../../src/http/challenge.ts';

/** Any text at all: every code unit, lone surrogates and control characters included. */
const anyText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.array(fc.integer({ min: 0, max: 0xffff })).map((units) => String.fromCharCode(...units)),
  fc.string({ unit: fc.constantFrom('"', '\\', ',', '=', ' ', '\r', '\n', '\0', 'x') }),
);

describe('challenge', () => {
  it('has only the scheme if there are no parameters', () => {
    expect(challenge('Bearer', {})).toBe('Bearer');
    expect(challenge('Bearer', { realm: undefined })).toBe('Bearer');
  });

  it('quotes every value and keeps the order', () => {
    const parameters = { realm: 'api', error: 'invalid_token', max_age: '60', scope: undefined };
    expect(challenge('Bearer', parameters)).toBe(
      'Bearer realm="api", error="invalid_token", max_age="60"',
    );
  });

  it('replaces each character that is not allowed in a quoted-string by a question mark', () => {
    expect(challenge('Bearer', { realm: 'a"b\\c\r\nd\0é😀\x7f' })).toBe(
      'Bearer realm="a?b?c??d?????"',
    );
  });

  it('keeps an empty value', () => {
    expect(challenge('Bearer', { scope: '' })).toBe('Bearer scope=""');
  });

  it('can be sent as a header by Node and fetch, whatever the values are', () => {
    fc.assert(
      fc.property(anyText, anyText, anyText, (realm, description, scope) => {
        const value = challenge('Bearer', { realm, error_description: description, scope });
        expect(() => validateHeaderValue('www-authenticate', value)).not.toThrow();
        expect(new Headers({ 'www-authenticate': value }).get('www-authenticate')).toBe(value);
      }),
    );
  });

  it('has exactly the given parameters, whatever the values are', () => {
    fc.assert(
      fc.property(anyText, anyText, (realm, scope) => {
        const value = challenge('Bearer', { realm, error: 'invalid_token', scope });
        expect(value).toMatch(/^Bearer realm="[^"\\]*", error="invalid_token", scope="[^"\\]*"$/);
      }),
    );
  });

  it('converts values that are not strings, which a requirement of the application may give', () => {
    const parameters = { max_age: Number.NaN, scope: null, realm: ['a'] };
    expect(challenge('Bearer', parameters as never)).toBe(
      'Bearer max_age="NaN", scope="null", realm="a"',
    );
  });
});
