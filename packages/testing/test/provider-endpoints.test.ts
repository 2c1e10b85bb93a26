import { describe, expect, it } from 'vitest';
import { type Outage, providerFetch } from '../src/provider-endpoints.ts';

const ISSUER = 'https://as.acme.com/one/';
const JWKS_URI = 'https://as.acme.com/one/jwks';
const METADATA = 'https://as.acme.com/one/.well-known/openid-configuration';

function aFetch(outage?: Outage): typeof globalThis.fetch {
  const jwks = () => ({ keys: [{ kty: 'EC', kid: 'k1' }] });
  return providerFetch({ issuer: ISSUER, jwksUri: JWKS_URI, jwks, outage: () => outage });
}

describe('providerFetch', () => {
  it.each([METADATA, 'https://as.acme.com/.well-known/oauth-authorization-server/one'])(
    'serves metadata at %s',
    async (address) => {
      const response = await aFetch()(address);
      expect(await response.json()).toEqual({ issuer: ISSUER, jwks_uri: JWKS_URI });
    },
  );

  it.each([JWKS_URI, new URL(JWKS_URI), new Request(JWKS_URI)])(
    'serves keys, for a URL of any type',
    async (address) => {
      const response = await aFetch()(address);
      expect(await response.json()).toEqual({ keys: [{ kty: 'EC', kid: 'k1' }] });
    },
  );

  it.each([
    ['https://as.acme.com/one/userinfo', {}],
    ['https://elsewhere.acme.com/one/jwks', {}],
    [`${JWKS_URI}?page=2`, {}],
    [JWKS_URI, { method: 'POST' }],
  ])('rejects %s %j as an unknown URL, and names the known ones', async (address, init) => {
    const asked = aFetch()(address, init);
    await expect(asked).rejects.toThrow(TypeError);
    await expect(asked).rejects.toMatchObject({
      cause: { message: expect.stringContaining(METADATA) },
    });
  });

  it('serves no metadata for an issuer that is no URL', async () => {
    const issuer = 'stytch.com/project';
    const served = { issuer, jwksUri: JWKS_URI, jwks: () => ({ keys: [] }) };
    const fetch = providerFetch({ ...served, outage: () => undefined });
    expect((await fetch(JWKS_URI)).status).toBe(200);
    const asked = fetch(`https://${issuer}/.well-known/openid-configuration`);
    await expect(asked).rejects.toThrow('fetch failed');
  });

  it('refuses the connection', async () => {
    await expect(aFetch('refused')(JWKS_URI)).rejects.toMatchObject({
      message: 'fetch failed',
      cause: { message: 'connect ECONNREFUSED' },
    });
  });

  it('answers 500', async () => {
    expect((await aFetch('500')(JWKS_URI)).status).toBe(500);
  });

  it('hangs until it is aborted, and rejects with the reason', async () => {
    const controller = new AbortController();
    const asked = aFetch('hang')(JWKS_URI, { signal: controller.signal });
    controller.abort(new Error('too long'));
    await expect(asked).rejects.toThrow('too long');
    await expect(aFetch('hang')(JWKS_URI, { signal: controller.signal })).rejects.toThrow(
      'too long',
    );
  });
});
