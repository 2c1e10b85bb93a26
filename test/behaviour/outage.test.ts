import { rfc9068 } from '@authly/core/providers';
import { generateTestKey } from '@authly/testing';
import { describe, expect, it } from 'vitest';
import { protectedApp } from '../support/apps.ts';
import { frameworks } from '../support/frameworks.ts';
import { send } from '../support/requests.ts';
import { aResourceServer } from '../support/resource-servers.ts';
import { aClock, aToken, aUserToken, ISSUER, issuer } from '../support/tokens.ts';

const JWKS_URL = 'https://as.example.com/jwks';

/** An identity provider that can be turned off. */
function aProvider() {
  const requests: string[] = [];
  const provider = {
    isUp: true,
    requests,
    fetch: async (url: string | URL | Request) => {
      requests.push(String(url));
      if (!provider.isUp) throw new TypeError('fetch failed');
      return Response.json(issuer.jwks);
    },
  };
  return provider;
}

describe.each(frameworks)('an outage of the identity provider in $name', (framework) => {
  const preset = () => rfc9068({ issuer: ISSUER, jwksUri: JWKS_URL });

  it('before the first keys: 503 with Retry-After, never 401, and no restart is needed after it', async () => {
    const clock = aClock();
    const provider = aProvider();
    provider.isUp = false;
    const server = aResourceServer({ issuer: preset(), clock, fetch: provider.fetch });
    const app = protectedApp(framework, { server });
    const token = aUserToken();

    const response = await send(app, { token });
    expect(response.status).toBe(503);
    expect(Number(response.headers['retry-after'])).toBeGreaterThan(0);
    expect(response.headers).not.toHaveProperty('www-authenticate');
    expect(response.body).toEqual({
      error: 'temporarily_unavailable',
      error_description: 'The keys of the issuer cannot be fetched at the moment',
    });

    provider.isUp = true;
    clock.advanceSec(Number(response.headers['retry-after']));
    expect((await send(app, { token })).status).toBe(200);
  });

  it('does not affect requests whose keys are known', async () => {
    const clock = aClock();
    const provider = aProvider();
    const server = aResourceServer({ issuer: preset(), clock, fetch: provider.fetch });
    const app = protectedApp(framework, { server });
    expect((await send(app, { token: aUserToken() })).status).toBe(200);
    provider.isUp = false;
    // After the ten minutes for which they are fresh, and before the six hours after that are over.
    clock.advanceSec(3600);
    expect((await send(app, { token: aUserToken({ exp: 2_000_000_000 }) })).status).toBe(200);
  });

  it('does not change refusals of bad requests: 400 and 401', async () => {
    const provider = aProvider();
    provider.isUp = false;
    const server = aResourceServer({ issuer: preset(), fetch: provider.fetch });
    const app = protectedApp(framework, { server });
    expect((await send(app)).status).toBe(401);
    expect((await send(app, { headers: { authorization: 'Bearer' } })).status).toBe(400);
    expect((await send(app, { token: 'opaque' })).status).toBe(401);
    expect((await send(app, { token: aUserToken({ iss: 'https://evil.example' }) })).status).toBe(
      401,
    );
    expect(provider.requests).toEqual([]);
  });

  it('an unknown kid while the provider answers is 401', async () => {
    const provider = aProvider();
    const server = aResourceServer({ issuer: preset(), fetch: provider.fetch });
    const app = protectedApp(framework, { server });
    const token = aToken({}, { key: generateTestKey('ES256', 'unknown') });
    const response = await send(app, { token });
    expect(response.status).toBe(401);
    expect(response.body.error_description).toBe('The access token is signed with an unknown key');
  });

  it('the first requests wait for the keys, which are fetched once', async () => {
    const provider = aProvider();
    const server = aResourceServer({ issuer: preset(), fetch: provider.fetch });
    const app = protectedApp(framework, { server });
    const responses = await Promise.all(
      Array.from({ length: 10 }, (_, index) => send(app, { token: aUserToken({ index }) })),
    );
    expect(responses.map(({ status }) => status)).toEqual(Array(10).fill(200));
    expect(provider.requests).toEqual([JWKS_URL]);
  });
});
