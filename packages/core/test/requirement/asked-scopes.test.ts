import { describe, expect, it } from 'vitest';
import {
  askedScopes,
  everyCombination,
  scopeAlternatives,
} from '../../src/requirement/asked-scopes.ts';
import { client, user } from '../../src/requirement/caller-kind.ts';
import { allOf, anyOf } from '../../src/requirement/combinators.ts';
import { role } from '../../src/requirement/membership.ts';
import type { Requirement } from '../../src/requirement/requirement.ts';
import { anyScope, scope } from '../../src/requirement/scope.ts';

const cases: readonly (readonly [string, Requirement, readonly string[], string[][]])[] = [
  ['scopes', scope('a', 'b'), ['a', 'b'], [['a', 'b']]],
  ['either of two', anyScope('a', 'b'), ['a'], [['a'], ['b']]],
  ['no scope', role('admin'), [], [[]]],
  ['all of several', allOf(scope('b'), user(), scope('a', 'b')), ['b', 'a'], [['b', 'a']]],
  [
    'all of alternatives',
    allOf(anyScope('a', 'b'), scope('c')),
    ['a', 'c'],
    [
      ['a', 'c'],
      ['b', 'c'],
    ],
  ],
  ['any, the first without', anyOf(client(), scope('a'), scope('b')), ['a'], [[], ['a'], ['b']]],
  ['any, none with', anyOf(client(), role('admin')), [], [[]]],
  ['any of equal ones', anyOf(scope('a', 'b'), scope('b', 'a')), ['a', 'b'], [['b', 'a']]],
  [
    'any of all of any',
    anyOf(allOf(user(), anyOf(scope('a'), anyScope('b', 'c'))), scope('d')),
    ['a'],
    [['a'], ['b'], ['c'], ['d']],
  ],
  [
    'one of the application’s own',
    { description: 'own', scopes: ['x', 'y'], evaluate: () => undefined },
    ['x', 'y'],
    [['x', 'y']],
  ],
];

describe('askedScopes', () => {
  it.each(cases)('of %s', (_, requirement, asked) => {
    expect(askedScopes(requirement)).toEqual(asked);
  });
});

describe('scopeAlternatives', () => {
  it.each(cases)('of %s', (_, requirement, _asked, alternatives) => {
    expect(scopeAlternatives(requirement)).toEqual(alternatives);
  });
});

describe('everyCombination', () => {
  it('of no sets is the one empty combination', () => {
    expect(everyCombination([])).toEqual([[]]);
  });

  it('joins one alternative of each, with each scope and each set once', () => {
    expect(
      everyCombination([
        [['a'], ['b']],
        [['a'], ['b']],
      ]),
    ).toEqual([['a'], ['b', 'a'], ['b']]);
  });
});
