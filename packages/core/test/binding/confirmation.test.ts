import { describe, expect, it } from 'vitest';
import { bindingOf, isSameBinding, readConfirmation } from '../../src/binding/confirmation.ts';

describe('readConfirmation', () => {
  it.each([
    [{ jkt: 'x' }, { jkt: 'x' }],
    [{ jkt: 'x', 'kc-jkt-type': 'DPoP', jwk: {}, kid: 1 }, { jkt: 'x' }],
    [undefined, 'claim_malformed'],
    [{}, 'claim_malformed'],
    [{ jkt: 1 }, 'claim_malformed'],
    [{ jkt: null }, 'claim_malformed'],
    [{ jkt: ['x'] }, 'claim_malformed'],
    [{ jkt: 'x', 'x5t#S256': 1 }, 'claim_malformed'],
    [{ 'x5t#S256': null }, 'claim_malformed'],
    [{ jkt: 1, 'x5t#S256': 'x' }, 'claim_malformed'],
    [
      { jkt: 'x', 'x5t#S256': 'y' },
      { jkt: 'x', 'x5t#S256': 'y' },
    ],
    [{ 'x5t#S256': 'y', x5t: 1 }, { 'x5t#S256': 'y' }],
    [{ jwk: {} }, 'sender_constraint_unsupported'],
    [{ x5t: 'x' }, 'sender_constraint_unsupported'],
    [Object.assign(Object.create({ jkt: 'x' }), { kid: 'x' }), 'sender_constraint_unsupported'],
    [Object.assign(Object.create({ 'x5t#S256': 'x' }), { jkt: 'x' }), { jkt: 'x' }],
  ])('of %j is %j', (cnf, confirmation) => {
    expect(readConfirmation(cnf)).toEqual(confirmation);
  });
});

describe('two bindings', () => {
  it.each<readonly [unknown, unknown, boolean]>([
    [{ jkt: 'a' }, { jkt: 'a' }, true],
    [{ jkt: 'a', kid: 'b' }, { jkt: 'a' }, true],
    [{ jkt: 'a' }, { jkt: 'b' }, false],
    [{ jkt: 'a' }, { jkt: 'a', 'x5t#S256': 'c' }, false],
    [{ jkt: 'a' }, undefined, false],
    [null, null, false],
    [['a'], ['a'], false],
  ])('%j and %j are the same: %s', (one, other, isSame) => {
    expect(isSameBinding(one, other)).toBe(isSame);
    expect(isSameBinding(other, one)).toBe(isSame);
  });
});

describe('the name of a binding in events', () => {
  it.each([
    [undefined, 'none'],
    [{ kid: 'x' }, 'none'],
    [{ jkt: 'x' }, 'dpop'],
    [{ 'x5t#S256': 'x' }, 'mtls'],
    [{ jkt: 'x', 'x5t#S256': 'x' }, 'both'],
  ] as const)('of %j is %s', (cnf, binding) => {
    expect(bindingOf(cnf)).toBe(binding);
  });
});
