import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ConfigurationError } from '../../src/model/errors.ts';
import { anyScope, scope } from '../../src/requirement/scope.ts';
import { aClient, aUser, evaluate, untyped } from './principals.ts';

const aScope = fc.stringMatching(/^[\x21\x23-\x5b\x5d-\x7e]{1,8}$/);

describe('scope', () => {
  it.each([
    { needs: ['a'], has: ['a'], met: true },
    { needs: ['a'], has: ['b', 'a'], met: true },
    { needs: ['a', 'b'], has: ['b', 'a', 'c'], met: true },
    { needs: ['a', 'b'], has: ['a'], met: false },
    { needs: ['a', 'b'], has: ['b'], met: false },
    { needs: ['a'], has: [], met: false },
    { needs: ['read:users'], has: ['READ:USERS'], met: false },
    { needs: ['read:users'], has: ['read'], met: false },
    { needs: ['read:users'], has: ['read:users:all'], met: false },
    { needs: ['read:users'], has: ['read:users write:users'], met: false },
    { needs: ['read:users'], has: ['read:users,write:users'], met: false },
    { needs: ['read:users'], has: [' read:users'], met: false },
    { needs: ['read:users'], has: ['read:*', '*'], met: false },
    { needs: ['__proto__'], has: [], met: false },
    { needs: ['constructor'], has: [], met: false },
    { needs: ['length'], has: [], met: false },
    { needs: ['0'], has: ['a'], met: false },
  ])('needs $needs, has $has: met is $met', ({ needs, has, met }) => {
    for (const principal of [aUser({ scopes: has }), aClient({ scopes: has })]) {
      const unmet = evaluate(scope(...needs), principal);
      expect(unmet).toEqual(met ? undefined : { reason: 'scope_missing', scopes: needs });
    }
  });

  it('is met exactly if the token has each scope', () => {
    fc.assert(
      fc.property(
        fc.array(aScope, { minLength: 1, maxLength: 4 }),
        fc.array(aScope, { maxLength: 6 }),
        (needs, has) => {
          const expected = needs.every((each) => new Set(has).has(each));
          expect(evaluate(scope(...needs), aUser({ scopes: has })) === undefined).toBe(expected);
          expect(evaluate(scope(...needs), aUser({ scopes: [...has, ...needs] }))).toBeUndefined();
        },
      ),
    );
  });

  it('is never met by a near miss: prefix, superstring, other case, separators', () => {
    fc.assert(
      fc.property(
        aScope,
        aScope,
        fc.constantFrom(' ', ',', ':', '\t', '+', ''),
        (one, other, sep) => {
          const nearMisses = [
            one.slice(0, -1),
            one.slice(1),
            `${one}${sep}${other}`,
            `${other}${sep}${one}`,
            `${one} `,
            one.toUpperCase(),
            one.toLowerCase(),
            '*',
          ].filter((each) => each !== one);
          expect(evaluate(scope(one), aUser({ scopes: nearMisses }))).toEqual({
            reason: 'scope_missing',
            scopes: [one],
          });
        },
      ),
    );
  });

  it('gives one frozen answer that is made once', () => {
    const requirement = scope('a');
    const unmet = evaluate(requirement, aUser());
    expect(evaluate(requirement, aClient())).toBe(unmet);
    expect(Object.isFrozen(unmet)).toBe(true);
    expect(Object.isFrozen(unmet?.scopes)).toBe(true);
    expect(Object.isFrozen(requirement)).toBe(true);
  });

  it('describes itself and lists each scope once', () => {
    const requirement = scope('read:users', 'write:users', 'read:users');
    expect(requirement.description).toBe('scope read:users and scope write:users');
    expect(requirement.scopes).toEqual(['read:users', 'write:users']);
  });

  it('does not follow later changes of the list it was made from', () => {
    const needs = ['a', 'b'];
    const requirement = scope(...needs);
    needs.pop();
    expect(evaluate(requirement, aUser({ scopes: ['a'] }))).toBeDefined();
  });
});

describe('anyScope', () => {
  it.each([
    { needs: ['a', 'b'], has: ['a'], met: true },
    { needs: ['a', 'b'], has: ['b'], met: true },
    { needs: ['a', 'b'], has: ['c'], met: false },
    { needs: ['a', 'b'], has: ['a b'], met: false },
    { needs: ['a', 'b'], has: [], met: false },
  ])('needs one of $needs, has $has: met is $met', ({ needs, has, met }) => {
    const unmet = evaluate(anyScope(...needs), aUser({ scopes: has }));
    expect(unmet).toEqual(met ? undefined : { reason: 'scope_missing', scopes: ['a'] });
  });

  it('lists every alternative for documentation, and names the first in the challenge', () => {
    const requirement = anyScope('read', 'admin');
    expect(requirement.scopes).toEqual(['read', 'admin']);
    expect(requirement.description).toBe('scope read or scope admin');
    expect(evaluate(requirement, aUser())?.scopes).toEqual(['read']);
  });
});

describe.each([
  { name: 'scope', build: scope },
  { name: 'anyScope', build: anyScope },
])('arguments of $name', ({ name, build }) => {
  it('refuses an empty list, with the line to write', () => {
    expect(() => build()).toThrow(ConfigurationError);
    expect(() => build()).toThrow(
      `${name}() needs at least one scope: write ${name}('read:users')`,
    );
  });

  it('refuses scopes joined in one string, with the line to write', () => {
    expect(() => build('read:users write:users')).toThrow(
      `write ${name}('read:users', 'write:users')`,
    );
  });

  it('refuses an array, with the line to write', () => {
    expect(() => untyped(build, ['read:users'])).toThrow(
      `${name}() takes no array: write ${name}('read:users', 'write:users')`,
    );
  });

  it.each([[''], [' '], ['a\n'], ['a"b'], [undefined], [null], [7], [{}]])(
    'refuses %j',
    (value) => {
      expect(() => untyped(build, 'fine', value)).toThrow(ConfigurationError);
    },
  );
});
