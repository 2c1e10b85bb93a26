import { describe, expect, it } from 'vitest';
import { aToken, encoded } from '../../../../test/support/tokens.ts';
import { isJwtShaped, isOpaque } from '../../src/introspection/token-shape.ts';

const header = (value: unknown) => encoded(JSON.stringify(value));

describe('a token', () => {
  it.each([
    ['a JWT', aToken()],
    ['an unsigned JWT', `${header({ alg: 'none' })}.e30.`],
    ['a JWT whose alg is no string', `${header({ alg: 7 })}.e30.x`],
    ['a JWT without claims that can be read', `${header({ alg: 'ES256' })}.%.x`],
    ['a header that is too long to look at', `${'a'.repeat(8_193)}.b.c`],
  ])('that is %s has the form of a JWT, and is not opaque', (_name, token) => {
    expect(isJwtShaped(token)).toBe(true);
    expect(isOpaque(token)).toBe(false);
  });

  it.each([
    ['random characters', 'Zm9vYmFy'],
    ['the example of RFC 9449', 'Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU'],
    ['two segments', `${header({ alg: 'ES256' })}.e30`],
    ['four segments', `${header({ alg: 'ES256' })}.e30.x.y`],
    ['five segments (JWE)', `${header({ alg: 'dir', enc: 'A256GCM' })}.a.b.c.d`],
    ['a header without alg', `${header({ typ: 'JWT' })}.e30.x`],
    ['a header that inherits alg', `${encoded('{"__proto__":{"alg":"x"}}')}.e30.x`],
    ['a header that is a list', `${header(['alg'])}.e30.x`],
    ['a header that is no JSON', `${encoded('alg')}.e30.x`],
    ['a header that is no base64url', '=.e30.x'],
    ['a first dot at the start', '.e30.x'],
    ['as many characters as are taken', 'x'.repeat(4_096)],
    ['a header as long as is looked at', `${'a'.repeat(4_000)}.b.c`],
  ])('of %s is not a JWT', (_name, token) => {
    expect(isJwtShaped(token)).toBe(false);
  });

  it.each(['Zm9vYmFy', 'a.b.c', 'a~b/c+d==', 'x'.repeat(4_096)])(
    'such as %.20s is opaque',
    (token) => {
      expect(isOpaque(token)).toBe(true);
    },
  );

  it.each(['', 'a b', 'a,b', 'a"b', 'a\nb', 'a=b', 'é', 'x'.repeat(4_097)])(
    'such as %j is neither',
    (token) => {
      expect(isOpaque(token)).toBe(false);
    },
  );

  it('has a header of up to 8,192 characters decoded', () => {
    expect(isJwtShaped(`${'a'.repeat(8_192)}.b.c`)).toBe(false);
  });
});
