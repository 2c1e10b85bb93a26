import { createResourceServer } from '@authly/core';
import {
  auth0,
  cognito,
  entra,
  firebase,
  keycloak,
  kinde,
  logto,
  spiffe,
  stytch,
} from '@authly/core/providers';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { fakeClock } from '../src/fake-clock.ts';
import { testIssuer } from '../src/test-issuer.ts';
import type { TokenBuilder } from '../src/token-builder.ts';

type Fetch = typeof globalThis.fetch;

function claimsOf(token: string): Readonly<Record<string, unknown>> {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
}

function headerOf(token: string): Readonly<Record<string, unknown>> {
  return JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString());
}

/** An API with the preset as in production, and with the fetch of the test issuer. */
function anApi() {
  const clock = fakeClock();
  const issuer = testIssuer({
    like: 'auth0',
    issuer: 'https://parcels.eu.auth0.com/',
    audience: 'https://api.parcels.example',
    clock,
  });
  const server = createResourceServer({
    issuer: auth0({ domain: 'parcels.eu.auth0.com', fetch: issuer.fetch }),
    audience: 'https://api.parcels.example',
    clock,
  });
  const reasonOf = (token: string) =>
    Promise.resolve(server.verify(token)).then(
      ({ kind }) => kind,
      ({ reason }) => reason,
    );
  return { clock, issuer, server, reasonOf };
}

describe('testIssuer({ like })', () => {
  it('mints for the issuer and the audience that the API is configured with', async () => {
    const { issuer, server } = anApi();
    const token = issuer.aUserToken({ sub: 'auth0|17', scope: 'read:parcels' });
    expect(await server.verify(token)).toMatchObject({
      kind: 'user',
      userId: 'auth0|17',
      scopes: ['read:parcels'],
    });
    expect(await server.verify(issuer.aClientToken())).toMatchObject({ kind: 'client' });
    server.close();
  });

  it('makes tokens that a real API refuses: expired, for another API, signed by a stranger', async () => {
    const { issuer, server, reasonOf } = anApi();
    expect(await reasonOf(issuer.aUserToken({}, { expiresInSec: -60 }))).toBe('expired');
    expect(await reasonOf(issuer.aUserToken({ aud: 'other' }))).toBe('audience_mismatch');
    const { aUserToken } = testIssuer({ like: 'auth0' });
    expect(await reasonOf(aUserToken())).toBe('issuer_unknown');
    server.close();
  });

  describe('has audience, keys and claims that fit a given issuer', () => {
    const tenant = '11111111-2222-4333-8444-555555555555';
    const jwksUri = 'https://bundle.parcels.example/';

    it.each([
      [
        testIssuer({ like: 'entra', issuer: `https://login.microsoftonline.com/${tenant}/v2.0` }),
        (fetch: Fetch) => entra({ tenant, fetch }),
      ],
      [
        testIssuer({ like: 'firebase', issuer: 'https://securetoken.google.com/parcels' }),
        (fetch: Fetch) => firebase({ projectId: 'parcels', fetch }),
      ],
      [
        testIssuer({ like: 'stytch', issuer: 'stytch.com/project-live-parcels' }),
        (fetch: Fetch) => stytch({ projectId: 'project-live-parcels', fetch }),
      ],
      [
        testIssuer({ like: 'stytch', issuer: 'stytch.com/project-test-parcels' }),
        (fetch: Fetch) => stytch({ projectId: 'project-test-parcels', fetch }),
      ],
      [
        testIssuer({ like: 'spiffe', issuer: 'spiffe://parcels.example', jwksUri }),
        (fetch: Fetch) => spiffe({ trustDomain: 'parcels.example', jwksUri, fetch }),
      ],
      [
        testIssuer({ like: 'kinde', issuer: 'https://parcels.kinde.com' }),
        (fetch: Fetch) => kinde({ issuer: 'https://parcels.kinde.com', fetch }),
      ],
      [
        testIssuer({ like: 'logto', issuer: 'https://parcels.logto.app/oidc' }),
        (fetch: Fetch) => logto({ issuer: 'https://parcels.logto.app/oidc', fetch }),
      ],
    ] as const)('case %#', async (issuer, preset) => {
      const server = createResourceServer({
        issuer: preset(issuer.fetch),
        audience: issuer.audience,
      });
      const { aUserToken, aClientToken } = issuer;
      if (aUserToken) expect(await server.verify(aUserToken())).toMatchObject({ kind: 'user' });
      if (aClientToken) {
        expect(await server.verify(aClientToken())).toMatchObject({ kind: 'client' });
      }
      server.close();
    });
  });

  it('refuses a domain in the place of the issuer', () => {
    expect(() => testIssuer({ like: 'auth0', issuer: 'acme.eu.auth0.com' })).toThrow(
      /issuer is iss of the tokens, a URL\. Write: testIssuer\(\{ like: 'auth0', issuer: 'https:/,
    );
    expect(testIssuer({ like: 'stytch', issuer: 'stytch.com/project-live-2' }).issuer).toBe(
      'stytch.com/project-live-2',
    );
  });

  it('can add claims to every token of a kind', async () => {
    const issuer = testIssuer({
      like: 'cognito',
      userClaims: { client_id: 'spa' },
      clientClaims: { client_id: 'job', sub: 'job' },
    });
    const server = createResourceServer({
      issuer: cognito({ issuer: issuer.issuer, clientIds: ['spa', 'job'], fetch: issuer.fetch }),
    });
    expect(await server.verify(issuer.aUserToken())).toMatchObject({ clientId: 'spa' });
    expect(await server.verify(issuer.aClientToken())).toMatchObject({ clientId: 'job' });
    server.close();
  });

  it('gives each token a new id, and times by the clock', () => {
    const clock = fakeClock();
    const { aUserToken } = testIssuer({ like: 'keycloak', clock });
    const now = clock.now() / 1000;
    const [one, other] = [claimsOf(aUserToken()), claimsOf(aUserToken())];
    expect(one).toMatchObject({ iat: now, exp: now + 600, auth_time: now - 60 });
    expect(one['jti']).toMatch(/^onrtac:[0-9a-f-]{36}$/);
    expect(one['jti']).not.toBe(other['jti']);
  });

  it('makes refresh tokens in the form of the provider: opaque, or a JWT', () => {
    expect(testIssuer({ like: 'okta' }).aRefreshToken()).not.toContain('.');
    const { aRefreshToken, issuer } = testIssuer({ like: 'keycloak' });
    expect(headerOf(aRefreshToken())).toMatchObject({ alg: 'HS512' });
    expect(claimsOf(aRefreshToken())).toMatchObject({ typ: 'Refresh', aud: issuer });
  });

  it('has no type for tokens that a provider does not issue', () => {
    expectTypeOf(testIssuer({ like: 'kubernetes' }).aUserToken).toBeUndefined();
    expectTypeOf(testIssuer({ like: 'firebase' }).aClientToken).toBeUndefined();
    expectTypeOf(testIssuer({ like: 'google' }).aIdToken).toBeUndefined();
    expectTypeOf(testIssuer({ like: 'clerk' }).audience).toBeUndefined();
    expectTypeOf(testIssuer({ like: 'okta' }).aUserToken).toEqualTypeOf<TokenBuilder>();
    expectTypeOf(testIssuer({ like: 'okta' }).audience).toEqualTypeOf<string>();
  });

  it('signs as the provider does, or with the given algorithm', () => {
    const token = (algorithm?: 'PS256') =>
      testIssuer({ like: 'logto', ...(algorithm && { algorithm }) }).aUserToken();
    expect(headerOf(token())).toMatchObject({ alg: 'ES384' });
    expect(headerOf(token('PS256'))).toMatchObject({ alg: 'PS256' });
    expect(() => testIssuer({ like: 'logto' }).aUserToken({}, { algorithm: 'RS256' })).toThrow(
      "write testIssuer({ like: 'logto', algorithm: 'RS256' })",
    );
  });

  it.each(['auth1', 'toString', undefined, 7])('refuses %j, and lists the valid names', (like) => {
    // @ts-expect-error A name that no preset has.
    expect(() => testIssuer({ like })).toThrow(/write testIssuer.*'auth0'.*keycloak.*zitadel/);
  });

  it('refuses an audience if tokens have none', () => {
    // @ts-expect-error Tokens of Cognito need no audience.
    expect(() => testIssuer({ like: 'cognito', audience: 'https://api.test' })).toThrow(
      "write testIssuer({ like: 'cognito' })",
    );
  });
});

describe('rotate and withdraw', () => {
  it('publish a new key with the old one, and remove the old one', async () => {
    const { clock, issuer, server, reasonOf } = anApi();
    const old = issuer.aUserToken({}, { expiresInSec: 86_400 });
    expect(await reasonOf(old)).toBe('user');
    const [oldKey] = issuer.keys;
    const newKey = issuer.rotate();
    expect(issuer.keys).toEqual([newKey, oldKey]);
    expect(issuer.jwks.keys).toHaveLength(2);
    clock.advanceSec(60);
    const token = issuer.aUserToken();
    expect(headerOf(token)).toMatchObject({ kid: newKey.kid });
    expect(await reasonOf(token)).toBe('user');
    expect(await reasonOf(old)).toBe('user');
    issuer.withdraw(oldKey?.kid ?? '');
    expect(issuer.keys).toEqual([newKey]);
    clock.advanceSec(2 * 3600);
    await server.verify(issuer.aUserToken());
    await expect.poll(() => reasonOf(old)).toBe('key_unknown');
    expect(await reasonOf(issuer.aUserToken())).toBe('user');
    expect(() => issuer.withdraw('other')).toThrow('publishes no such key');
    server.close();
  });
});

describe('outage', () => {
  it.each(['refused', '500'] as const)('%s: no keys, until it ends', async (kind) => {
    const { clock, issuer, server, reasonOf } = anApi();
    const end = issuer.outage(kind);
    expect(await reasonOf(issuer.aUserToken())).toBe('keys_unavailable');
    end();
    clock.advanceSec(600);
    expect(await reasonOf(issuer.aUserToken({}, { issuedInSec: -1 }))).toBe('user');
    server.close();
  });
});

it('an outage does not end when an earlier one is ended', async () => {
  const { fetch, issuer, outage } = testIssuer({ like: 'okta' });
  const endFirst = outage('refused');
  const endSecond = outage('500');
  const status = async () => (await fetch(`${issuer}/.well-known/openid-configuration`)).status;
  endFirst();
  expect(await status()).toBe(500);
  endSecond();
  expect(await status()).toBe(200);
});

it('uses the key URL of the preset if it is a special one', async () => {
  const jwksUri = 'https://keys.parcels.example/jwks';
  const issuer = testIssuer({ like: 'keycloak', jwksUri });
  const server = createResourceServer({
    issuer: keycloak({ issuer: issuer.issuer, jwksUri, fetch: issuer.fetch }),
    audience: issuer.audience,
  });
  expect(await server.verify(issuer.aUserToken())).toMatchObject({ kind: 'user' });
  server.close();
});
