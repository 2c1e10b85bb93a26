import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isScope, parseScope } from '../src/scope.ts';

describe('parseScope', () => {
  it.each([
    { value: 'a', scopes: ['a'] },
    { value: 'read:users write:users', scopes: ['read:users', 'write:users'] },
    { value: 'a b a', scopes: ['a', 'b'] },
    {
      value: "!#$%&'()*+,-./09:;<=>?@AZ[]^_`az{|}~",
      scopes: ["!#$%&'()*+,-./09:;<=>?@AZ[]^_`az{|}~"],
    },
  ])('reads $value', ({ value, scopes }) => {
    expect(parseScope(value)).toEqual(scopes);
  });

  it.each(['', ' ', ' a', 'a ', 'a  b', 'a\tb', 'a\nb', 'a"b', 'a\\b', 'ä', 'a\u0000', 'a\u007f'])(
    'refuses %j',
    (value) => {
      expect(parseScope(value)).toBeUndefined();
    },
  );

  it('reads the scopes back from the text into which they were joined', () => {
    const scope = fc.stringMatching(/^[\x21\x23-\x5b\x5d-\x7e]{1,8}$/);
    fc.assert(
      fc.property(fc.uniqueArray(scope, { minLength: 1 }), (scopes) => {
        expect(parseScope(scopes.join(' '))).toEqual(scopes);
      }),
    );
  });
});

describe('isScope', () => {
  it.each(['', 'a b', 'a"', '\\', 'é', 1, undefined, ['a']])('refuses %j', (value) => {
    expect(isScope(value)).toBe(false);
  });
});
