import { describe, expect, it } from 'vitest';
import { isSameBinding, readConfirmation } from '../../src/binding/confirmation.ts';

describe('readConfirmation', () => {
  it.each([
    [{ jkt: 'x' }, { thumbprint: 'x' }],
    [{ jkt: 'x', 'kc-jkt-type': 'DPoP', jwk: {}, kid: 1 }, { thumbprint: 'x' }],
    [undefined, 'claim_malformed'],
    [{}, 'claim_malformed'],
    [{ jkt: 1 }, 'claim_malformed'],
    [{ jkt: null }, 'claim_malformed'],
    [{ jkt: ['x'] }, 'claim_malformed'],
    [{ jkt: 'x', 'x5t#S256': 1 }, 'claim_malformed'],
    [{ 'x5t#S256': null }, 'claim_malformed'],
    [{ jkt: 1, 'x5t#S256': 'x' }, 'claim_malformed'],
    [{ jkt: 'x', 'x5t#S256': 'x' }, 'sender_constraint_unsupported'],
    [{ 'x5t#S256': 'x' }, 'sender_constraint_unsupported'],
    [{ jwk: {} }, 'sender_constraint_unsupported'],
    [{ x5t: 'x' }, 'sender_constraint_unsupported'],
    [Object.assign(Object.create({ jkt: 'x' }), { kid: 'x' }), 'sender_constraint_unsupported'],
    [Object.assign(Object.create({ 'x5t#S256': 'x' }), { jkt: 'x' }), { thumbprint: 'x' }],
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
