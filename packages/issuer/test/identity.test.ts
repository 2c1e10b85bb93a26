import { describe, expect, it } from 'vitest';
import { profileClaims } from '../src/identity.ts';

const identity = {
  provider: 'google',
  externalId: '17',
  email: 'ann@example.com',
  username: 'ann',
  attributes: { department: 'sales', floor: 3 },
};

describe('profileClaims', () => {
  it('puts nothing into a token by default', () => {
    expect(profileClaims(identity)).toEqual([]);
    expect(profileClaims(identity, {})).toEqual([]);
  });

  it.each([
    { include: { email: true } as const, claims: [['email', 'ann@example.com']] },
    { include: { username: true } as const, claims: [['preferred_username', 'ann']] },
    { include: { attributes: ['floor'] }, claims: [['floor', 3]] },
    { include: { attributes: [] }, claims: [] },
  ])('puts in exactly what is asked for: $include', ({ include, claims }) => {
    expect(profileClaims(identity, include)).toEqual(claims);
  });

  it('refuses a misspelled member of include, which would leave a claim out', () => {
    const identity = { provider: 'local', externalId: '17', email: 'ada@acme.com' };
    expect(() => profileClaims(identity, { emial: true } as never)).toThrow(
      'Did you mean "email"?',
    );
    expect(() => profileClaims(identity, { attributes: 'email' } as never)).toThrow(
      "Write: include: { attributes: ['department'] }",
    );
  });

  it('leaves out what the identity does not have', () => {
    const bare = { provider: 'google', externalId: '17' };
    const include = { email: true, username: true, attributes: ['floor', 'toString'] } as const;
    const present = profileClaims(bare, include).filter(([, value]) => value !== undefined);
    expect(present).toEqual([]);
  });
});
