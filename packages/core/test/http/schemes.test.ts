import { describe, expect, it } from 'vitest';
import { ACCEPTED_SCHEMES, SCHEME_NAMES, schemeOf } from '../../src/http/schemes.ts';
import { aClient, aUser } from '../requirement/principals.ts';

describe('the accepted schemes', () => {
  it('are Bearer alone, and cannot be added to at run time', () => {
    expect(ACCEPTED_SCHEMES).toEqual(['bearer']);
    expect(Object.isFrozen(ACCEPTED_SCHEMES)).toBe(true);
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
