import { describe, expect, it } from 'vitest';
import { isRefused, Refused } from '../../src/model/refused.ts';

describe('a refusal', () => {
  it('is not an Error, has principal as undefined, and has the given details', () => {
    const refused = new Refused('expired', { issuerName: 'acme', kind: 'user' }, { scopes: ['a'] });
    expect(refused).not.toBeInstanceOf(Error);
    expect(refused).toMatchObject({ reason: 'expired', issuerName: 'acme', kind: 'user' });
    expect(refused.details).toEqual({ scopes: ['a'] });
    expect(Object.hasOwn(refused, 'principal')).toBe(true);
    expect(refused.principal).toBeUndefined();
    expect(new Refused('expired').details).toEqual({});
  });

  it('is recognized by its own member principal', () => {
    expect(isRefused(new Refused('expired'))).toBe(true);
    expect(isRefused({ outcome: 'inactive' })).toBe(false);
    expect(isRefused(Object.create({ reason: 'expired' }))).toBe(false);
  });
});
