import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { Principal } from '../../src/model/principal.ts';
import { type HeldToken, heldTokenOf, holdable, holdToken } from '../../src/request/held-token.ts';

const held = { token: 'the-token' } as HeldToken;
const owner = {};

function aPrincipal(): Principal {
  return Object.freeze(holdable({ kind: 'user', userId: 'ada' })) as Principal;
}

describe('the token that a principal was made of', () => {
  it('is found only by the owner that stored it', () => {
    const principal = aPrincipal();
    expect(heldTokenOf(principal, owner)).toBeUndefined();
    holdToken(principal, owner, held);
    expect(heldTokenOf(principal, owner)).toBe(held);
    expect(heldTokenOf(principal, {})).toBeUndefined();
  });

  it('is in no print, no JSON, no list of members and no copy', () => {
    const principal = aPrincipal();
    holdToken(principal, owner, held);
    const options = { showHidden: true, depth: null, getters: true };
    expect(inspect(principal, options)).not.toContain('the-token');
    expect(JSON.stringify(principal)).toBe('{"kind":"user","userId":"ada"}');
    expect(Reflect.ownKeys(principal)).toEqual(['kind', 'userId']);
    for (const copy of [{ ...principal }, Object.create(principal), structuredClone(principal)]) {
      expect(heldTokenOf(copy, owner)).toBeUndefined();
    }
  });

  it('is not stored in an object that was not made for it, such as a principal in a test', () => {
    const principal = Object.freeze({ kind: 'user', userId: 'ada' }) as Principal;
    holdToken(principal, owner, held);
    expect(heldTokenOf(principal, owner)).toBeUndefined();
  });
});
