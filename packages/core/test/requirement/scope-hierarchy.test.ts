import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ConfigurationError } from '../../src/model/errors.ts';
import {
  createScopeHierarchy,
  type ScopeHierarchy,
  type ScopeImplies,
} from '../../src/requirement/scope-hierarchy.ts';
import { aUser, untyped } from './principals.ts';

function judgingWith(scopeImplies: ScopeImplies): ScopeHierarchy {
  return createScopeHierarchy({ scopeImplies, clock: { now: () => 0 } });
}

describe('createScopeHierarchy', () => {
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
    const context = judgingWith({ admin: ['write'], write: ['read'] });
    expect(context.hasScope(aUser({ scopes: has }), scope)).toBe(expected);
  });

  it('follows cycles without end', () => {
    const context = judgingWith({ a: ['b'], b: ['c', 'b'], c: ['a'] });
    for (const held of ['a', 'b', 'c']) {
      for (const scope of ['a', 'b', 'c']) {
        expect(context.hasScope(aUser({ scopes: [held] }), scope)).toBe(true);
      }
    }
    expect(context.expandScopes(['b'])).toEqual(['b', 'c', 'a']);
  });

  it('lists the given scopes first, then the implied ones, each once', () => {
    const context = judgingWith({ admin: ['write', 'read'], write: ['read'] });
    expect(context.expandScopes(['x', 'admin', 'read'])).toEqual(['x', 'admin', 'read', 'write']);
    expect(context.expandScopes([])).toEqual([]);
  });

  it('implies nothing that is not configured', () => {
    const context = createScopeHierarchy({ clock: { now: () => 0 } });
    expect(context.expandScopes(['admin'])).toEqual(['admin']);
    expect(context.hasScope(aUser({ scopes: ['admin'] }), 'read')).toBe(false);
  });

  it('treats names of prototype members as ordinary scopes', () => {
    const context = judgingWith({ constructor: ['read'] });
    expect(context.hasScope(aUser({ scopes: ['constructor'] }), 'read')).toBe(true);
    expect(context.hasScope(aUser({ scopes: ['toString'] }), 'read')).toBe(false);
    expect(context.expandScopes(['toString', '__proto__'])).toEqual(['toString', '__proto__']);
    const named: ScopeImplies = Object.fromEntries([['__proto__', ['read']]]);
    expect(judgingWith(named).expandScopes(['__proto__'])).toEqual(['__proto__', 'read']);
  });

  it('does not read inherited configuration', () => {
    const context = judgingWith(Object.create({ admin: ['read'] }));
    expect(context.expandScopes(['admin'])).toEqual(['admin']);
  });

  it('does not follow later changes of the configuration', () => {
    const scopeImplies = { admin: ['write'] };
    const context = judgingWith(scopeImplies);
    scopeImplies.admin.push('read');
    expect(context.expandScopes(['admin'])).toEqual(['admin', 'write']);
  });

  it('says of one scope the same as the list of all implied scopes', () => {
    const aName = fc.constantFrom('a', 'b', 'c', 'd', 'e', '__proto__', 'constructor');
    const names = fc.array(aName, { maxLength: 3 });
    fc.assert(
      fc.property(
        fc.dictionary(aName, names, { maxKeys: 5 }),
        names,
        aName,
        (implies, has, one) => {
          const context = judgingWith(implies);
          const expanded = context.expandScopes(has);
          expect(context.hasScope(aUser({ scopes: has }), one)).toBe(expanded.includes(one));
          // Closed: writing it out again adds nothing, and each step of the configuration is in it.
          expect(context.expandScopes(expanded)).toEqual(expanded);
          for (const each of expanded) {
            const steps = Object.hasOwn(implies, each) ? (implies[each] ?? []) : [];
            expect(expanded).toEqual(expect.arrayContaining(steps));
          }
        },
      ),
    );
  });

  it('has the time of the clock', () => {
    let nowMs = 5;
    const context = createScopeHierarchy({ clock: { now: () => nowMs } });
    expect(context.now()).toBe(5);
    nowMs = 6;
    expect(context.now()).toBe(6);
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
    expect(() => untyped(createScopeHierarchy, options)).toThrow(ConfigurationError);
    expect(() => untyped(createScopeHierarchy, options)).toThrow(says);
  });
});
