import { createLocalJWKSet, decodeProtectedHeader, type JSONWebKeySet, jwtVerify } from 'jose';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { IssuerEvent } from '../src/events.ts';
import { generateSigningKey, type PublicJwkSet, prepareSigningKeys } from '../src/signing-key.ts';
import { createTokenMinter, type TokenMinterOptions, type UserGrant } from '../src/token-minter.ts';
import { clock, NOW_SEC, rejection, signingKey, untyped } from './fixtures.ts';

const keys = prepareSigningKeys([signingKey]);

function aMinter(options: Partial<TokenMinterOptions> = {}) {
  return createTokenMinter({
    issuer: 'https://auth.example.com',
    keys,
    clock,
    accessTokenLifetimeSec: 600,
    claims: undefined,
    report: () => {},
    ...options,
  });
}

const userGrant = {
  identity: {
    provider: 'google',
    externalId: '17',
    email: 'ann@example.com',
    username: 'ann',
    attributes: { department: 'sales', floor: 3 },
  },
  clientId: 'web-app',
  audience: 'https://api.example.com',
} satisfies UserGrant;

const clientGrant = { clientId: 'nightly-sync', audience: 'https://api.example.com' };

/** Reads a token of ours with jose, as an independent check. */
async function verified(token: string, jwks: PublicJwkSet = keys.published) {
  const { payload, protectedHeader } = await jwtVerify(
    token,
    createLocalJWKSet(untyped<JSONWebKeySet>(jwks)),
    {
      issuer: 'https://auth.example.com',
      audience: 'https://api.example.com',
      typ: 'at+jwt',
      requiredClaims: ['iss', 'sub', 'aud', 'client_id', 'iat', 'exp', 'jti'],
      currentDate: new Date(clock.now()),
    },
  );
  return { payload, protectedHeader };
}

describe('a user token', () => {
  it('is an RFC 9068 token without any claim of the profile', async () => {
    const token = await aMinter({ newTokenId: () => 'id-1' }).user({
      ...userGrant,
      scopes: ['read:users', 'write:users'],
    });
    const { payload, protectedHeader } = await verified(token.accessToken);
    expect(protectedHeader).toEqual({ typ: 'at+jwt', alg: 'ES256', kid: signingKey.kid });
    expect(payload).toEqual({
      iss: 'https://auth.example.com',
      sub: 'google|17',
      aud: 'https://api.example.com',
      client_id: 'web-app',
      iat: NOW_SEC,
      exp: NOW_SEC + 600,
      jti: 'id-1',
      scope: 'read:users write:users',
      sub_type: 'user',
    });
  });

  it('has the requested claims at the top level', async () => {
    const token = await aMinter().user({
      ...userGrant,
      include: { email: true, username: true, attributes: ['department'] },
      authentication: { acr: 'urn:mfa', amr: ['pwd', 'otp'], time: NOW_SEC - 60 },
      claims: { tenant_id: 't-1', flags: { beta: true }, none: undefined },
    });
    const { payload } = await verified(token.accessToken);
    expect(payload).toMatchObject({
      email: 'ann@example.com',
      preferred_username: 'ann',
      department: 'sales',
      acr: 'urn:mfa',
      amr: ['pwd', 'otp'],
      auth_time: NOW_SEC - 60,
      tenant_id: 't-1',
      flags: { beta: true },
    });
    expect(payload).not.toHaveProperty('floor');
    expect(payload).not.toHaveProperty('none');
    expect(payload).not.toHaveProperty('scope');
  });

  it('refuses a claim that is both given and included', async () => {
    const error = await rejection(
      aMinter().user({
        ...userGrant,
        include: { email: true },
        claims: { email: 'eve@evil.test' },
      }),
    );
    expect(error).toMatchObject({ code: 'claim_repeated', claims: ['email'] });
  });

  it('refuses an attribute that has the name of a claim of the issuer', async () => {
    const identity = { ...userGrant.identity, attributes: { sub: 'admin', scope: 'all' } };
    const include = { attributes: ['sub', 'scope'] };
    expect(await rejection(aMinter().user({ ...userGrant, identity, include }))).toMatchObject({
      code: 'claim_reserved',
      claims: ['sub', 'scope'],
    });
  });

  it.each([
    { authentication: untyped<object>({ acr: 1 }) },
    { authentication: untyped<object>({ amr: [1] }) },
    { authentication: { time: 1.5 } },
    { authentication: { time: -1 } },
  ])('refuses a malformed authentication: $authentication', async ({ authentication }) => {
    expect(await rejection(aMinter().user({ ...userGrant, authentication }))).toMatchObject({
      code: 'authentication_invalid',
    });
  });
});

describe('a client token', () => {
  it('has the client as its subject, and is marked as a client token', async () => {
    const token = await aMinter().client({ ...clientGrant, claims: { tenant_id: 't-1' } });
    const { payload } = await verified(token.accessToken);
    expect(payload).toMatchObject({
      sub: 'nightly-sync',
      client_id: 'nightly-sync',
      sub_type: 'client',
      tenant_id: 't-1',
    });
  });

  it.each([
    { grant: { clientId: 'google|17' }, code: 'client_id_invalid' },
    { grant: { clientId: '' }, code: 'client_id_invalid' },
    { grant: { audience: '' }, code: 'audience_invalid' },
    { grant: { audience: [] }, code: 'audience_invalid' },
    { grant: { audience: ['a', ''] }, code: 'audience_invalid' },
    { grant: { scopes: ['read users'] }, code: 'scope_invalid' },
    { grant: { scopes: [''] }, code: 'scope_invalid' },
    { grant: { expiresInSec: 0 }, code: 'lifetime_invalid' },
    { grant: { expiresInSec: -1 }, code: 'lifetime_invalid' },
    { grant: { expiresInSec: 1.5 }, code: 'lifetime_invalid' },
    { grant: { expiresInSec: 86_401 }, code: 'lifetime_invalid' },
    { grant: { expiresInSec: Number.NaN }, code: 'lifetime_invalid' },
    { grant: { claims: { sub_type: 'user' } }, code: 'claim_reserved' },
    { grant: { claims: { when: new Date(0) } }, code: 'claim_invalid' },
    { grant: { claims: { much: 'x'.repeat(16_000) } }, code: 'token_too_large' },
  ])('is not minted from $grant: $code', async ({ grant, code }) => {
    const error = await rejection(aMinter().client({ ...clientGrant, ...grant }));
    expect(error).toMatchObject({ name: 'IssuanceError', code });
  });
});

describe('every token', () => {
  it('names one audience as a string, several as a list, each once', async () => {
    const minter = aMinter();
    const one = await minter.client({ ...clientGrant, audience: ['https://api.example.com'] });
    const two = await minter.client({
      ...clientGrant,
      audience: ['https://api.example.com', 'b', 'b'],
      scopes: ['a', 'a'],
    });
    expect((await verified(one.accessToken)).payload.aud).toBe('https://api.example.com');
    const { payload } = await verified(two.accessToken);
    expect(payload.aud).toEqual(['https://api.example.com', 'b']);
    expect(payload['scope']).toBe('a');
    expect(two).toMatchObject({ audience: ['https://api.example.com', 'b'], scopes: ['a'] });
  });

  it('has an id of its own', async () => {
    const minter = aMinter();
    const tokens = await Promise.all([minter.client(clientGrant), minter.client(clientGrant)]);
    expect(new Set(tokens.map(({ tokenId }) => tokenId)).size).toBe(2);
  });

  it('has the requested lifetime', async () => {
    const token = await aMinter().client({ ...clientGrant, expiresInSec: 60 });
    const times = { issuedAt: NOW_SEC, expiresAt: NOW_SEC + 60, expiresInSec: 60 };
    expect(token).toMatchObject(times);
    expect((await verified(token.accessToken)).payload.exp).toBe(NOW_SEC + 60);
  });

  it.each(['RS256', 'PS384', 'ES512', 'EdDSA'] as const)('is signed with %s', async (algorithm) => {
    const ownKeys = prepareSigningKeys([await generateSigningKey(algorithm)]);
    const { accessToken } = await aMinter({ keys: ownKeys }).client(clientGrant);
    expect(decodeProtectedHeader(accessToken).alg).toBe(algorithm);
    await verified(accessToken, ownKeys.published);
  });

  it('is reported in an event without the token and its subject', async () => {
    const events: IssuerEvent[] = [];
    const minter = aMinter({ report: (event) => events.push(event), newTokenId: () => 'id-1' });
    const { accessToken } = await minter.user({ ...userGrant, scopes: ['a'] });
    expect(events).toEqual([
      {
        type: 'token.issued',
        kind: 'user',
        clientId: 'web-app',
        tokenId: 'id-1',
        audience: ['https://api.example.com'],
        scopes: ['a'],
        expiresAt: NOW_SEC + 600,
      },
    ]);
    expect(JSON.stringify(events)).not.toContain(accessToken);
    expect(JSON.stringify(events)).not.toContain('google');
  });
});

describe('a claims schema', () => {
  const schema = z.object({
    sub: z.string(),
    tenant_id: z.string().regex(/^t-/),
    since: z
      .string()
      .transform((text) => new Date(text))
      .optional(),
  });

  it('checks the whole token as a resource server will see it, and changes nothing', async () => {
    const claims = { tenant_id: 't-1', since: '2030-01-01', extra: 1 };
    const token = await aMinter({ claims: schema }).user({ ...userGrant, claims });
    expect((await verified(token.accessToken)).payload).toMatchObject(claims);
  });

  it('refuses claims that do not match, and names them without their values', async () => {
    const claims = { tenant_id: 'secret-value' };
    const error = await rejection(aMinter({ claims: schema }).user({ ...userGrant, claims }));
    expect(error).toMatchObject({ code: 'claims_rejected', claims: ['tenant_id'] });
    expect(String(error)).not.toContain('secret-value');
  });

  it('may be asynchronous', async () => {
    const slow = z.object({ tenant_id: z.string().refine(async (text) => text === 't-1') });
    const minter = aMinter({ claims: slow });
    await minter.client({ ...clientGrant, claims: { tenant_id: 't-1' } });
    const error = await rejection(minter.client({ ...clientGrant, claims: { tenant_id: 't-2' } }));
    expect(error).toMatchObject({ code: 'claims_rejected' });
  });
});
