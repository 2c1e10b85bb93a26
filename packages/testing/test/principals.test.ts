import { createResourceServer } from '@authly/core';
import { authly } from '@authly/core/providers';
import { describe, expect, it } from 'vitest';
import { aClient, aUser } from '../src/principals.ts';
import { testIssuer } from '../src/test-issuer.ts';

const issuer = testIssuer();
const { verify } = createResourceServer({
  issuer: authly({ issuer: issuer.issuer, jwks: issuer.jwks }),
  audience: issuer.audience,
});

/** Removes the members that differ from token to token. */
const lasting = ({ tokenId, issuedAt, expiresAt, claims, ...others }: object & Partial<Verified>) =>
  others;
type Verified = Awaited<ReturnType<typeof verify>>;

describe('aUser', () => {
  it('is the user of a token of a test issuer', async () => {
    const verified = await verify(issuer.aUserToken({ sub: 'a|7', scope: 'read:a write:a' }));
    const user = aUser({ userId: 'a|7', scopes: ['read:a', 'write:a'] });
    expect(lasting(user)).toEqual(lasting(verified));
    expect(Object.keys(user).sort()).toEqual(Object.keys(verified).sort());
    expect(user.claims).toMatchObject({ sub: 'a|7', scope: 'read:a write:a' });
  });

  it('has what a test says, and a key that fits it', () => {
    const user = aUser({ userId: 'u-17', issuer: 'https://as.test/', roles: ['admin'] });
    expect(user).toMatchObject({ roles: ['admin'], key: 'user:https%3A%2F%2Fas.test%2F:u-17' });
    expect(aUser({ clientId: undefined }).clientId).toBeUndefined();
    expect(aUser({ claims: { tenant_id: 'acme' } }).claims).toEqual({ tenant_id: 'acme' });
    expect(Object.isFrozen(user)).toBe(true);
  });
});

describe('aClient', () => {
  it('is the client of a token of a test issuer', async () => {
    const verified = await verify(issuer.aClientToken({ client_id: 'sync' }));
    const client = aClient({ clientId: 'sync' });
    expect(lasting(client)).toEqual(lasting(verified));
    expect(Object.keys(client).sort()).toEqual(Object.keys(verified).sort());
  });

  it('has the subject that a test gives, or none', () => {
    expect(aClient({ subject: 's-1' })).toMatchObject({ subject: 's-1', clientId: 'nightly-sync' });
    expect(aClient({ subject: undefined }).subject).toBeUndefined();
  });
});
