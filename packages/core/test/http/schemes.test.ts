import { describe, expect, it } from 'vitest';
import { BEARER_ALONE, DPOP_ALONE, SCHEME_NAMES, schemeOf } from '../../src/http/schemes.ts';
import { SCHEMES } from '../../src/model/scheme.ts';
import { aClient, aUser } from '../requirement/principals.ts';

describe('the lists of schemes', () => {
  it('have Bearer first, and cannot be added to at run time', () => {
    expect([BEARER_ALONE, DPOP_ALONE, SCHEMES]).toEqual([['bearer'], ['dpop'], ['bearer', 'dpop']]);
    for (const list of [BEARER_ALONE, DPOP_ALONE, SCHEMES]) {
      expect(Object.isFrozen(list)).toBe(true);
    }
  });

  it('are the names of schemes in lower case, as the reader of credentials compares them', () => {
    for (const [scheme, name] of Object.entries(SCHEME_NAMES)) {
      expect(name.toLowerCase()).toBe(scheme);
    }
  });
});

describe('schemeOf', () => {
  it.each([
    [undefined, 'bearer'],
    [{}, 'bearer'],
    [{ 'x5t#S256': 'x' }, 'bearer'],
    [{ jkt: 'x' }, 'dpop'],
    [{ jkt: 'x', 'x5t#S256': 'x' }, 'dpop'],
    [Object.create({ jkt: 'x' }), 'bearer'],
  ])('of a token with the confirmation %j is %s', (confirmation, scheme) => {
    expect(schemeOf(aUser({ confirmation }))).toBe(scheme);
    expect(schemeOf(aClient({ confirmation }))).toBe(scheme);
  });
});
