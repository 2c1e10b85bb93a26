import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ConfigurationError } from '../../src/errors.ts';
import {
  createJudging,
  type ScopeImplies,
  type ScopeJudging,
} from '../../src/requirement/judge.ts';
import { aUser, untyped } from './principals.ts';

function judgingWith(scopeImplies: ScopeImplies): ScopeJudging {
  return createJudging({ scopeImplies, clock: { now: () => 0 } });
}

describe('createJudging', () => {
  it.each([
    { has: ['admin'], scope: 'admin', expected: true },
    { has: ['admin'], scope: 'write', expected: true },
    { has: ['admin'], scope: 'read', expected: true },
    { has: ['write'], scope: 'read', expected: true },
    { has: ['write'], scope: 'admin', expected: false },
    { has: ['read'], scope: 'write', expected: false },
    { has: ['Admin'], scope: 'read', expected: false },
    { has: ['admin2', 'adm'], scope: 'read', expected: false },
    { has: ['other'], scope: 'other', expected: true },
    { has: [], scope: 'read', expected: false },
  ])('$has has $scope: $expected', ({ has, scope, expected }) => {
    const judging = judgingWith({ admin: ['write'], write: ['read'] });
    expect(judging.hasScope(aUser({ scopes: has }), scope)).toBe(expected);
  });

  it('finds its way through cycles', () => {
    const judging = judgingWith({ a: ['b'], b: ['c', 'b'], c: ['a'] });
    for (const held of ['a', 'b', 'c']) {
      for (const scope of ['a', 'b', 'c']) {
        expect(judging.hasScope(aUser({ scopes: [held] }), scope)).toBe(true);
      }
    }
    expect(judging.expandScopes(['b'])).toEqual(['b', 'c', 'a']);
  });

  it('writes scopes out, the given ones first and each once', () => {
    const judging = judgingWith({ admin: ['write', 'read'], write: ['read'] });
    expect(judging.expandScopes(['x', 'admin', 'read'])).toEqual(['x', 'admin', 'read', 'write']);
    expect(judging.expandScopes([])).toEqual([]);
  });

  it('implies nothing that is not configured', () => {
    const judging = createJudging({ clock: { now: () => 0 } });
    expect(judging.expandScopes(['admin'])).toEqual(['admin']);
    expect(judging.hasScope(aUser({ scopes: ['admin'] }), 'read')).toBe(false);
  });

  it('takes names of prototype members as plain scopes', () => {
    const judging = judgingWith({ constructor: ['read'] });
    expect(judging.hasScope(aUser({ scopes: ['constructor'] }), 'read')).toBe(true);
    expect(judging.hasScope(aUser({ scopes: ['toString'] }), 'read')).toBe(false);
    expect(judging.expandScopes(['toString', '__proto__'])).toEqual(['toString', '__proto__']);
    const named: ScopeImplies = Object.fromEntries([['__proto__', ['read']]]);
    expect(judgingWith(named).expandScopes(['__proto__'])).toEqual(['__proto__', 'read']);
  });

  it('does not read inherited configuration', () => {
    const judging = judgingWith(Object.create({ admin: ['read'] }));
    expect(judging.expandScopes(['admin'])).toEqual(['admin']);
  });

  it('does not follow later changes of the configuration', () => {
    const scopeImplies = { admin: ['write'] };
    const judging = judgingWith(scopeImplies);
    scopeImplies.admin.push('read');
    expect(judging.expandScopes(['admin'])).toEqual(['admin', 'write']);
  });

  it('agrees, asked for one scope, with the scopes written out', () => {
    const aName = fc.constantFrom('a', 'b', 'c', 'd', 'e', '__proto__', 'constructor');
    const names = fc.array(aName, { maxLength: 3 });
    fc.assert(
      fc.property(
        fc.dictionary(aName, names, { maxKeys: 5 }),
        names,
        aName,
        (implies, has, one) => {
          const judging = judgingWith(implies);
          const expanded = judging.expandScopes(has);
          expect(judging.hasScope(aUser({ scopes: has }), one)).toBe(expanded.includes(one));
          // Closed: writing it out again adds nothing, and each step of the configuration is in it.
          expect(judging.expandScopes(expanded)).toEqual(expanded);
          for (const each of expanded) {
            const steps = Object.hasOwn(implies, each) ? (implies[each] ?? []) : [];
            expect(expanded).toEqual(expect.arrayContaining(steps));
          }
        },
      ),
    );
  });

  it('shows the time of the clock', () => {
    let nowMs = 5;
    const judging = createJudging({ clock: { now: () => nowMs } });
    expect(judging.now()).toBe(5);
    nowMs = 6;
    expect(judging.now()).toBe(6);
  });

  it.each([
    { scopeImplies: { 'a b': ['c'] }, says: '"a b" is not one scope' },
    { scopeImplies: { '': ['c'] }, says: '"" is not one scope' },
    { scopeImplies: { a: ['b c'] }, says: '"b c" is not one scope' },
    { scopeImplies: { a: [''] }, says: '"" is not one scope' },
    { scopeImplies: { a: [7] }, says: 'is not one scope' },
    { scopeImplies: { a: 'b' }, says: "write scopeImplies: { 'a': [" },
    { scopeImplies: { a: undefined }, says: '"a" must name a list' },
    { scopeImplies: ['a'], says: 'must be an object, not an array' },
    { scopeImplies: 'a', says: 'must be an object, not "a"' },
    { scopeImplies: null, says: 'must be an object, not null' },
  ])('refuses $scopeImplies at construction', ({ scopeImplies, says }) => {
    const options = { scopeImplies, clock: { now: () => 0 } };
    expect(() => untyped(createJudging, options)).toThrow(ConfigurationError);
    expect(() => untyped(createJudging, options)).toThrow(says);
  });
});
