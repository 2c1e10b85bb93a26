import { createResourceServer, type Principal, type ResourceServer } from '@authly/core';
import { rfc9068 } from '@authly/core/providers';
import {
  createIssuer,
  generateClientSecret,
  generateSigningKey,
  memoryClientStore,
  userSubject,
} from '@authly/issuer';
import { fakeClock, generateTestKey, testIssuer, unsigned } from '@authly/testing';
import { decodeJwt, decodeProtectedHeader, EncryptJWT, generateKeyPair } from 'jose';
import { afterAll, describe, expect, it } from 'vitest';

const ISSUER = 'https://as.example.com';
const AUDIENCE = 'https://api.example.com';
const NOW_SEC = 1_800_000_000;

const clock = fakeClock(NOW_SEC * 1000);
const issuer = testIssuer({
  issuer: ISSUER,
  audience: AUDIENCE,
  clock,
  algorithms: ['RS256', 'ES256'],
});
const server: ResourceServer<unknown> = createResourceServer({
  issuer: rfc9068({ issuer: ISSUER, jwks: issuer.jwks }),
  audience: AUDIENCE,
  clock,
});

afterAll(() => server.close());

/** The code with which a token is refused. */
async function refusalOf(token: string): Promise<unknown> {
  try {
    await server.verify(token);
    return 'accepted';
  } catch (error) {
    return error instanceof Error && 'code' in error ? error.code : error;
  }
}

async function principalOf(claims: Readonly<Record<string, unknown>>): Promise<Principal<unknown>> {
  return server.verify(issuer.aUserToken(claims));
}

describe('a resource server', () => {
  it('accepts a token of the profile, by RS256 as by default [RFC9068-2.1-b]', async () => {
    const token = issuer.aUserToken();
    expect(decodeProtectedHeader(token).alg).toBe('RS256');
    expect(await server.verify(token)).toMatchObject({ kind: 'user', issuer: ISSUER });
  });

  it('[RFC9068-2.1-a] [RFC9068-4-g] refuses a token that is not signed', async () => {
    expect(await refusalOf(unsigned(issuer.aUserToken()))).toBe('invalid_token');
  });

  it.each(['iss', 'exp', 'aud', 'sub', 'client_id', 'iat', 'jti'])(
    '[RFC9068-2.2-b] [RFC9068-4-g] refuses a token without %s',
    async (claim) => {
      expect(await refusalOf(issuer.aUserToken({ jti: 'a' }))).toBe('accepted');
      expect(await refusalOf(issuer.aUserToken({ jti: 'a', [claim]: undefined }))).toBe(
        'invalid_token',
      );
    },
  );

  it.each([
    ['at+jwt', 'accepted'],
    ['AT+JWT', 'accepted'],
    ['application/at+jwt', 'accepted'],
    ['JWT', 'invalid_token'],
    ['logout+jwt', 'invalid_token'],
    ['dpop+jwt', 'invalid_token'],
    ['', 'invalid_token'],
    [undefined, 'invalid_token'],
  ])('[RFC9068-4-a] a token of the type %s: %s', async (typ, expected) => {
    expect(await refusalOf(issuer.aUserToken({}, { header: { typ } }))).toBe(expected);
  });

  it.each([`${ISSUER}/`, 'https://AS.example.com', 'https://evil.example.com'])(
    '[RFC9068-4-c] refuses a token of the issuer %s',
    async (iss) => {
      expect(await refusalOf(issuer.aUserToken({ iss }))).toBe('invalid_token');
    },
  );

  it.each([
    [AUDIENCE, 'accepted'],
    [[AUDIENCE, 'https://other.example.com'], 'accepted'],
    [['https://other.example.com'], 'invalid_token'],
    [`${AUDIENCE}/`, 'invalid_token'],
    [[], 'invalid_token'],
  ])('[RFC9068-4-d] a token for %j: %s', async (aud, expected) => {
    expect(await refusalOf(issuer.aUserToken({ aud }))).toBe(expected);
  });

  it('[RFC9068-4-e] refuses a token with another’s signature', async () => {
    const [first] = issuer.keys;
    const stranger = generateTestKey('RS256', first?.kid);
    expect(await refusalOf(issuer.aUserToken({}, { key: stranger }))).toBe('invalid_token');
  });

  it.each([
    [1, 'accepted'],
    [-4, 'accepted'],
    [-6, 'invalid_token'],
  ])('[RFC9068-4-f] a token that ends %i s from now: %s', async (exp, expected) => {
    expect(await refusalOf(issuer.aUserToken({ exp: NOW_SEC + exp }))).toBe(expected);
  });

  it('an encrypted token is refused, not decrypted [RFC9068-4-b]', async () => {
    const { publicKey } = await generateKeyPair('RSA-OAEP-256');
    const jwe = await new EncryptJWT(decodeJwt(issuer.aUserToken()))
      .setProtectedHeader({ alg: 'RSA-OAEP-256', enc: 'A256GCM', typ: 'at+jwt' })
      .encrypt(publicKey);
    expect(await refusalOf(jwe)).toBe('invalid_token');
  });

  it('[RFC9068-2.2.1-a] [RFC9470-6.1-a] says how the user signed in', async () => {
    const principal = await principalOf({ auth_time: NOW_SEC - 60, acr: 'phr', amr: ['hwk'] });
    expect(principal.authentication).toEqual({ time: NOW_SEC - 60, acr: 'phr', amr: ['hwk'] });
  });

  it('[RFC9068-2.2.3-a] [RFC9068-2.2.3.1-a] says what the caller may do', async () => {
    const claims = { scope: 'a b', groups: ['staff'], roles: [{ value: 'admin' }] };
    expect(await principalOf({ ...claims, entitlements: ['orders'] })).toMatchObject({
      scopes: ['a', 'b'],
      groups: ['staff'],
      roles: ['admin'],
      permissions: ['orders'],
    });
  });
});

describe('the issuer', async () => {
  const { hash, secret } = generateClientSecret();
  const client = { clientId: 'nightly-sync', secretHashes: [hash], scopes: ['a', 'b'] };
  const make = (audiences: readonly [string, ...string[]]) =>
    createIssuer({
      issuer: 'https://auth.example.com',
      keys: [key],
      clients: memoryClientStore([{ ...client, audiences }]),
      clock,
    });
  const key = await generateSigningKey();
  const credentials = {
    method: 'client_secret_basic',
    clientId: 'nightly-sync',
    clientSecret: secret,
  } as const;

  it('[RFC9068-2.1-a] [RFC9068-2.1-b] [RFC9068-2.1-c] [RFC9068-2.2-a] [RFC9068-2.2-c] [RFC9068-2.2.3-a] mints tokens of the profile', async () => {
    const { clientCredentials } = make([AUDIENCE]);
    const { accessToken } = await clientCredentials.grant({
      credentials,
      scope: 'a',
      resources: [],
    });
    expect(decodeProtectedHeader(accessToken)).toMatchObject({ alg: 'RS256', typ: 'at+jwt' });
    expect(decodeJwt(accessToken)).toMatchObject({
      iss: 'https://auth.example.com',
      exp: expect.any(Number),
      aud: AUDIENCE,
      sub: 'nightly-sync',
      client_id: 'nightly-sync',
      iat: NOW_SEC,
      jti: expect.any(String),
      scope: 'a',
    });
  });

  it('[RFC9068-3-a] mints for the requested resource, [RFC9068-3-b] or for the only one', async () => {
    const several = make([AUDIENCE, 'https://other.example.com']).clientCredentials;
    const audience = async (resources: readonly string[], from = several) => {
      const { accessToken } = await from.grant({ credentials, scope: undefined, resources });
      return decodeJwt(accessToken).aud;
    };
    expect(await audience(['https://other.example.com'])).toBe('https://other.example.com');
    await expect(audience([])).rejects.toMatchObject({ code: 'invalid_target' });
    expect(await audience([], make([AUDIENCE]).clientCredentials)).toBe(AUDIENCE);
  });

  it('[RFC9068-5-a] registers no client whose id could be a user’s', () => {
    const clientId = userSubject('google', '42');
    expect(() => memoryClientStore([{ ...client, clientId, audiences: [AUDIENCE] }])).toThrow();
  });
});
