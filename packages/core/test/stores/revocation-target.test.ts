import { describe, expect, it } from 'vitest';
import { aToken, encoded } from '../../../../test/support/tokens.ts';
import {
  digestKey,
  type RevocationTarget,
  revocationKeyOf,
  tokenDigest,
} from '../../src/stores/revocation-target.ts';

const TARGETS: readonly RevocationTarget[] = [
  { kind: 'token', issuer: 'a', tokenId: 'x' },
  { kind: 'token', issuer: 'b', tokenId: 'x' },
  { kind: 'token', issuer: 'a', tokenId: 'y' },
  { kind: 'token', token: 'x' },
  { kind: 'token', token: 'y' },
  { kind: 'session', issuer: 'a', sessionId: 'x' },
  { kind: 'session', issuer: 'b', sessionId: 'x' },
  { kind: 'subject', issuer: 'a', subject: 'x' },
  { kind: 'subject', issuer: 'a', subject: '\ud800' },
  { kind: 'subject', issuer: 'a', subject: '\ud801' },
  { kind: 'subject', issuer: 'a","x', subject: 'y' },
  { kind: 'subject', issuer: 'a', subject: 'x","y' },
  { kind: 'principal', principalKey: 'user:a:x' },
  { kind: 'client', issuer: 'a', clientId: 'x' },
  { kind: 'issuer', issuer: 'a' },
  { kind: 'issuer', issuer: 'x' },
];

describe('revocationKeyOf', () => {
  it('gives every target a different id, which shows nothing of it', () => {
    const keys = TARGETS.map(revocationKeyOf);
    expect(new Set(keys.map(({ id }) => id)).size).toBe(TARGETS.length);
    expect(keys.map(({ kind }) => kind)).toEqual(TARGETS.map(({ kind }) => kind));
    for (const { id } of keys) expect(id).toMatch(/^[\w-]{43}$/);
  });

  it('gives the same id in every process, because stores are shared', () => {
    expect(
      revocationKeyOf({ kind: 'subject', issuer: 'https://as.example.com', subject: 'ada' }),
    ).toEqual({
      kind: 'subject',
      id: 'QCk9gD4ppBnP8rAFgFtou1LnHufgY5_52u5Ss4EA5Ps',
    });
  });

  it('does not depend on the order of the members', () => {
    const target: RevocationTarget = { tokenId: 'x', issuer: 'a', kind: 'token' };
    expect(revocationKeyOf(target)).toEqual(
      revocationKeyOf({ kind: 'token', issuer: 'a', tokenId: 'x' }),
    );
  });

  it.each([
    ['no issuer', { kind: 'subject', subject: 'x' }, /give issuer as a string/],
    ['an empty subject', { kind: 'subject', issuer: 'a', subject: '' }, /give subject as a string/],
    ['a number', { kind: 'session', issuer: 'a', sessionId: 1 }, /give sessionId as a string/],
    ['no id of a token', { kind: 'token', issuer: 'a' }, /give tokenId as a string/],
    ['an empty token', { kind: 'token', token: '' }, /give token as a string/],
    ['no key', { kind: 'principal' }, /give principalKey as a string/],
    ['no client', { kind: 'client', issuer: 'a' }, /give clientId as a string/],
    ['no issuer at all', { kind: 'issuer' }, /give issuer as a string/],
    [
      'another kind',
      { kind: 'planet', issuer: 'a' },
      /must be one of token, session, subject, principal, client, issuer$/,
    ],
  ])(
    'refuses a target with %s, because the mark would apply to nothing',
    (_what, target, message) => {
      expect(() => revocationKeyOf(target as unknown as RevocationTarget)).toThrow(TypeError);
      expect(() => revocationKeyOf(target as unknown as RevocationTarget)).toThrow(message);
    },
  );
});

describe('tokenDigest', () => {
  it('is the same for each valid signature of a token: ECDSA has two', () => {
    const token = aToken();
    const [header, payload] = token.split('.');
    expect(tokenDigest(`${header}.${payload}.AAAA`)).toBe(tokenDigest(token));
    expect(tokenDigest(`${header}.${payload}.`)).toBe(tokenDigest(token));
    expect(tokenDigest(aToken({ jti: 'token-2' }))).not.toBe(tokenDigest(token));
    expect(tokenDigest(aToken({}, { header: { kid: 'other' } }))).not.toBe(tokenDigest(token));
  });

  it.each([
    ['two parts', ['a.b', 'a.c']],
    ['three parts of which none is a header', ['v1.app.secret', 'v1.app.other']],
    ['a first part that is a list', [`${encoded('[]')}.a.b`, `${encoded('[]')}.a.c`]],
    ['a first part that is not base64url', ['e30=.a.b', 'e30=.a.c']],
    ['four parts', ['e30.a.b.c', 'e30.a.b.d']],
    ['five parts', ['e30.a.b.c.d', 'e30.a.b.c.e']],
    ['one part', ['secret', 'other']],
  ])('includes the whole of a token with %s', (_what, [one = '', other = '']) => {
    expect(tokenDigest(one)).not.toBe(tokenDigest(other));
  });

  it('does not mix up header and payload', () => {
    expect(tokenDigest('e30.ab.c')).not.toBe(tokenDigest('e30.a.c'));
    expect(tokenDigest('e30.a.c')).toBe(tokenDigest('e30.a.d'));
    expect(digestKey(tokenDigest('a'))).toBe(revocationKeyOf({ kind: 'token', token: 'a' }).id);
  });
});
