import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isScopeToken } from '../../src/lib/scope-token.ts';

describe('isScopeToken', () => {
  it.each(['a', 'read:users', 'https://api.example/read', '!', '~', '#[]', '__proto__', "it's"])(
    'accepts %j',
    (value) => {
      expect(isScopeToken(value)).toBe(true);
    },
  );

  it.each([
    '',
    ' ',
    'a b',
    'a\n',
    '\na',
    'a\tb',
    'a"',
    'a\\b',
    'ä',
    'a\u0000',
    '\u007f',
    'a\u2028',
  ])('refuses %j', (value) => {
    expect(isScopeToken(value)).toBe(false);
  });

  it.each([[undefined], [null], [1], [['a']], [{ toString: () => 'a' }]])('refuses %j', (value) => {
    expect(isScopeToken(value)).toBe(false);
  });

  it('accepts exactly the characters of RFC 6749 section 3.3', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0x2fff }), (code) => {
        const allowed =
          code === 0x21 || (code >= 0x23 && code <= 0x5b) || (code >= 0x5d && code <= 0x7e);
        expect(isScopeToken(String.fromCharCode(code))).toBe(allowed);
      }),
      { numRuns: 500, examples: [[0x20], [0x21], [0x22], [0x23], [0x5b], [0x5c], [0x5d], [0x7e]] },
    );
  });
});
