import { inspect } from 'node:util';
import { ConfigurationError } from '@authly/core';
import { describe, expect, it } from 'vitest';
import { generateClientSecret } from '../src/client-secret.ts';
import { type ClientStore, memoryClientStore } from '../src/client-store.ts';
import { createIssuer, type IssuerOptions } from '../src/create-issuer.ts';
import { aRequest, clock, NOW_SEC, signingKey, thrown, untyped } from './fixtures.ts';

const { secret, hash } = generateClientSecret();

const options: IssuerOptions = {
  issuer: 'https://auth.example.com',
  keys: [signingKey],
  clients: memoryClientStore([
    { clientId: 'nightly-sync', secretHashes: [hash], scopes: [], audiences: ['api'] },
  ]),
  clock,
};

const statusOf = async (
  issuer: string,
  method: string,
  path: string,
): Promise<number | undefined> =>
  (await createIssuer({ ...options, issuer }).handler(aRequest({ method, path })))?.status;

describe('the handler', () => {
  it.each([
    ['https://auth.example.com', 'GET', '/.well-known/oauth-authorization-server', 200],
    ['https://auth.example.com', 'GET', '/.well-known/openid-configuration', 200],
    ['https://auth.example.com', 'GET', '/jwks', 200],
    ['https://auth.example.com', 'GET', '/authorize', 400],
    ['https://auth.example.com', 'GET', '/token', 405],
    ['https://auth.example.com', 'POST', '/token', 400],
    ['https://example.com/auth', 'GET', '/.well-known/oauth-authorization-server/auth', 200],
    ['https://example.com/auth', 'GET', '/auth/.well-known/openid-configuration', 200],
    ['https://example.com/auth', 'GET', '/auth/jwks', 200],
    ['https://example.com/auth', 'POST', '/auth/token', 400],
  ])('of %s answers %s %s with %d', async (issuer, method, path, status) => {
    expect(await statusOf(issuer, method, path)).toBe(status);
  });

  it.each([
    ['https://auth.example.com', '/'],
    ['https://auth.example.com', '/token/'],
    ['https://auth.example.com', '/TOKEN'],
    ['https://auth.example.com', '//token'],
    ['https://auth.example.com', '/constructor'],
    ['https://example.com/auth', '/token'],
    ['https://example.com/auth', '/.well-known/oauth-authorization-server'],
    ['https://example.com/auth', '/auth/.well-known/oauth-authorization-server'],
  ])('of %s lets %s pass', async (issuer, path) => {
    expect(await statusOf(issuer, 'POST', path)).toBeUndefined();
  });
});

describe('createIssuer', () => {
  it.each([
    [{ issuer: 'http://auth.example.com' }, 'https'],
    [{ keys: [] }, 'generateSigningKey'],
    [{ accessTokenLifetimeSec: 0 }, 'accessTokenLifetimeSec'],
    [{ accessTokenLifetimeSec: 90_000 }, 'accessTokenLifetimeSec'],
    [{ scopes: ['a b'] }, 'scopes'],
    [{ clients: untyped<ClientStore>(undefined) }, 'memoryClientStore'],
    [{ clients: untyped<ClientStore>([]) }, 'memoryClientStore'],
  ])('refuses %j', (change, hint) => {
    const error = thrown(() => createIssuer({ ...options, ...change }));
    expect(error).toBeInstanceOf(ConfigurationError);
    expect(String(error)).toContain(hint);
  });

  it('mints for ten minutes by default, or as configured', async () => {
    const grant = { clientId: 'a', audience: 'b' };
    const usual = await createIssuer(options).clientToken(grant);
    const short = await createIssuer({ ...options, accessTokenLifetimeSec: 60 }).clientToken(grant);
    expect([usual.expiresAt, short.expiresAt]).toEqual([NOW_SEC + 600, NOW_SEC + 60]);
  });

  it('shows no key, no hash and no secret when it is printed', async () => {
    const issuer = createIssuer(options);
    const credentials = {
      clientId: 'nightly-sync',
      clientSecret: secret,
      method: 'client_secret_basic',
    } as const;
    const token = await issuer.clientCredentials.grant({ credentials });
    const shown = [issuer, token, issuer.clientCredentials, issuer.endpoints, issuer.handler]
      .flatMap((value) => [
        inspect(value, { depth: 9, showHidden: false }),
        JSON.stringify(value) ?? '',
      ])
      .join('\n');
    for (const canary of [secret, hash, signingKey.d ?? 'missing', token.accessToken, 'sha256']) {
      expect(shown).not.toContain(canary);
    }
  });
});
