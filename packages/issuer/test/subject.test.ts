import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isClientId, userSubject } from '../src/subject.ts';
import { thrown, untyped } from './fixtures.ts';

const part = fc.string({ unit: 'binary', minLength: 1 });
const vschar = fc.stringMatching(/^[\x20-\x7e]{1,255}$/);

describe('userSubject', () => {
  it('joins provider and external id in a readable, percent-encoded form', () => {
    expect(userSubject('google', '110169484474386276334')).toBe('google|110169484474386276334');
    expect(userSubject('ldap', 'cn=Ann Lee|x%7C')).toBe('ldap|cn%3DAnn%20Lee%7Cx%257C');
  });

  it('never gives two identities one subject', () => {
    fc.assert(
      fc.property(part, part, part, part, (provider, id, otherProvider, otherId) => {
        const same = provider === otherProvider && id === otherId;
        expect(userSubject(provider, id) === userSubject(otherProvider, otherId)).toBe(same);
      }),
    );
  });

  it('gives different subjects when the same text is divided in different places', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 3 }), fc.nat(), fc.nat(), (text, a, b) => {
        const at = 1 + (a % (text.length - 1));
        const other = 1 + (b % (text.length - 1));
        fc.pre(at !== other);
        const subject = (index: number): string =>
          userSubject(text.slice(0, index), text.slice(index));
        expect(subject(at)).not.toBe(subject(other));
      }),
    );
  });

  it('gives both parts back', () => {
    fc.assert(
      fc.property(part, part, (provider, id) => {
        expect(userSubject(provider, id).split('|').map(decodeURIComponent)).toEqual([
          provider,
          id,
        ]);
      }),
    );
  });

  it('is never a valid client id', () => {
    fc.assert(
      fc.property(part, part, (provider, id) => {
        expect(isClientId(userSubject(provider, id))).toBe(false);
      }),
    );
  });

  it.each([
    ['', 'id'],
    ['provider', ''],
    ['provider', '\ud800'],
    ['\udfff', 'id'],
    ['provider', untyped<string>(17)],
    [untyped<string>(undefined), 'id'],
  ])('refuses %j and %j', (provider, id) => {
    expect(thrown(() => userSubject(provider, id))).toMatchObject({
      name: 'IssuanceError',
      code: 'identity_invalid',
    });
  });
});

describe('isClientId', () => {
  it('accepts printable ASCII without a bar, and nothing else (RFC 6749 §A.1)', () => {
    fc.assert(
      fc.property(vschar, (id) => {
        expect(isClientId(id)).toBe(!id.includes('|'));
      }),
    );
  });

  it.each(['', 'a|b', 'a\n', 'ä', 'a\u0000', '\t', 'x'.repeat(256), 17, null, undefined])(
    'refuses %j',
    (id) => {
      expect(isClientId(id)).toBe(false);
    },
  );

  it.each(['nightly-sync', 'https://client.example.com/id', 'a b', 'a:b', 'x'.repeat(255)])(
    'accepts %j',
    (id) => {
      expect(isClientId(id)).toBe(true);
    },
  );
});
