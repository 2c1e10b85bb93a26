import { describe, expect, it } from 'vitest';
import {
  clientIdOf,
  has,
  listOf,
  objectOf,
  scopeListOf,
  scopeStringOf,
  scopesOf,
  soleAudienceOf,
  stringOf,
} from '../../../src/providers/internal/claim-readers.ts';

describe('claims are read as own properties only', () => {
  const inherited = Object.create({ sub: 'dana', roles: ['admin'], scope: 'all', o: {} });

  it('and not from a prototype', () => {
    expect(has(inherited, 'sub')).toBe(false);
    expect(stringOf(inherited, 'sub')).toBeUndefined();
    expect(listOf(inherited, 'roles')).toEqual([]);
    expect(scopeStringOf(inherited, 'scope')).toEqual([]);
    expect(objectOf(inherited, 'o')).toBeUndefined();
    expect(stringOf({}, 'constructor')).toBeUndefined();
    expect(objectOf({}, '__proto__')).toBeUndefined();
  });

  it('also from objects without a prototype', () => {
    expect(stringOf(Object.assign(Object.create(null), { sub: 'dana' }), 'sub')).toBe('dana');
  });
});

describe('types are never coerced', () => {
  it.each([undefined, null, 0, 17, true, '', [], ['dana'], {}])(
    'stringOf gives undefined for %j',
    (sub) => {
      expect(stringOf({ sub }, 'sub')).toBeUndefined();
    },
  );

  it.each([undefined, null, 'admin', 0, {}, [1], ['admin', null], [['admin']]])(
    'listOf gives an empty list for %j',
    (roles) => {
      expect(listOf({ roles }, 'roles')).toEqual([]);
    },
  );

  it.each([undefined, null, 'x', 0, []])('objectOf gives undefined for %j', (o) => {
    expect(objectOf({ o }, 'o')).toBeUndefined();
  });
});

describe('scopes', () => {
  it('are split at single spaces, and values that are not scope tokens are dropped', () => {
    expect(scopeStringOf({ scope: ' read  write\tx "y" a\\b é #ok ' }, 'scope')).toEqual([
      'read',
      '#ok',
    ]);
  });

  it('are an empty list if the claim is absent or empty', () => {
    expect(scopeStringOf({}, 'scope')).toEqual([]);
    expect(scopeStringOf({ scope: '' }, 'scope')).toEqual([]);
    expect(scopeListOf({}, 'scp')).toEqual([]);
    expect(scopeListOf({ scp: [] }, 'scp')).toEqual([]);
  });

  it('in a list are not split', () => {
    expect(scopeListOf({ scp: ['read', 'write all', ''] }, 'scp')).toEqual(['read']);
  });

  it.each([null, 1, true, ['read'], {}])('are unreadable in a string claim that is %j', (scope) => {
    expect(scopeStringOf({ scope }, 'scope')).toBeUndefined();
  });

  it.each([null, 1, 'read', ['read', 1], {}])(
    'are unreadable in a list claim that is %j',
    (scp) => {
      expect(scopeListOf({ scp }, 'scp')).toBeUndefined();
    },
  );

  it('are read from either form where both occur', () => {
    expect(scopesOf({ scope: 'a b' }, 'scope')).toEqual(['a', 'b']);
    expect(scopesOf({ scope: ['a', 'b'] }, 'scope')).toEqual(['a', 'b']);
    expect(scopesOf({ scope: 7 }, 'scope')).toBeUndefined();
    expect(scopesOf({}, 'scope')).toEqual([]);
  });
});

describe('the client id', () => {
  it('is client_id, or azp', () => {
    expect(clientIdOf({ client_id: 'web' })).toBe('web');
    expect(clientIdOf({ azp: 'web' })).toBe('web');
    expect(clientIdOf({ client_id: 'web', azp: 'web' })).toBe('web');
  });

  it('is undefined if the two differ, or if the first is of another type', () => {
    expect(clientIdOf({ client_id: 'web', azp: 'other' })).toBeUndefined();
    expect(clientIdOf({ client_id: 7, azp: 'web' })).toBeUndefined();
  });
});

describe('the sole audience', () => {
  it('exists only if there is exactly one', () => {
    expect(soleAudienceOf({ aud: 'api' })).toBe('api');
    expect(soleAudienceOf({ aud: ['api'] })).toBe('api');
    expect(soleAudienceOf({ aud: ['api', 'web'] })).toBeUndefined();
    expect(soleAudienceOf({ aud: [''] })).toBeUndefined();
    expect(soleAudienceOf({ aud: [] })).toBeUndefined();
    expect(soleAudienceOf({})).toBeUndefined();
  });
});
