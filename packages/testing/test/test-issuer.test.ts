import { createResourceServer } from '@authly/core';
import { authly, rfc9068 } from '@authly/core/providers';
import { generateClientSecret } from '@authly/issuer';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { afterEach, describe, expect, it } from 'vitest';
import { fakeClock } from '../src/fake-clock.ts';
import { type ListeningTestIssuer, testIssuer } from '../src/test-issuer.ts';
import { generateTestKey } from '../src/test-key.ts';

describe('testIssuer', () => {
  const clock = fakeClock();
  const issuer = testIssuer({ clock });

  it('makes tokens that a resource server accepts without a network', async () => {
    const server = createResourceServer({
      issuer: authly({ issuer: issuer.issuer, jwks: issuer.jwks }),
      audience: issuer.audience,
      clock,
      fetch: () => expect.unreachable('it made a request'),
    });
    expect(await server.verify(issuer.aToken({ sub: 'u-17', scope: 'read:users' }))).toMatchObject({
      kind: 'user',
      userId: 'u-17',
      clientId: 'web-app',
      scopes: ['read:users'],
    });
    expect(await server.verify(issuer.aClientToken())).toMatchObject({
      kind: 'client',
      clientId: 'nightly-sync',
    });
    const expired = async () => server.verify(issuer.aToken({}, { expiresInSec: -60 }));
    await expect(expired()).rejects.toMatchObject({ reason: 'expired' });
    server.close();
  });

  it('shares no key with another issuer', () => {
    const other = testIssuer({ issuer: 'https://other.test' });
    expect(other.jwks.keys[0]).not.toEqual(issuer.jwks.keys[0]);
    expect(testIssuer().jwks).toEqual(issuer.jwks);
  });

  it('publishes the given keys, and signs with the first', () => {
    const keys = [generateTestKey('EdDSA', 'new'), generateTestKey('ES256', 'old')] as const;
    const rotated = testIssuer({ keys });
    expect(rotated.jwks.keys).toEqual(keys.map(({ publicJwk }) => publicJwk));
    const [header = ''] = rotated.aToken().split('.');
    expect(JSON.parse(Buffer.from(header, 'base64url').toString())).toMatchObject({ kid: 'new' });
  });
});

describe('listen', () => {
  const open: ListeningTestIssuer[] = [];
  afterEach(async () => {
    await Promise.all(open.splice(0).map((issuer) => issuer.close()));
  });

  async function aListeningIssuer(options: Parameters<typeof testIssuer>[0] = {}) {
    const issuer = await testIssuer(options).listen();
    open.push(issuer);
    return issuer;
  }

  const tokenRequest = (clientId: string, clientSecret: string): RequestInit => ({
    method: 'POST',
    headers: { authorization: `Basic ${btoa(`${clientId}:${clientSecret}`)}` },
    body: new URLSearchParams({ grant_type: 'client_credentials' }),
  });

  it('serves metadata and the keys that it names', async () => {
    const issuer = await aListeningIssuer();
    const answer = await fetch(`${issuer.issuer}/.well-known/oauth-authorization-server`);
    const metadata: unknown = await answer.json();
    expect(metadata).toMatchObject({
      issuer: issuer.issuer,
      jwks_uri: `${issuer.issuer}/jwks`,
      token_endpoint: `${issuer.issuer}/token`,
    });
    const keys = createRemoteJWKSet(new URL(`${issuer.issuer}/jwks`));
    const { payload } = await jwtVerify(issuer.aToken(), keys, { issuer: issuer.issuer });
    expect(payload.sub).toBe('user-1');
    expect((await fetch(`${issuer.issuer}/nothing`)).status).toBe(404);
  });

  it('gives its client a token that a resource server accepts after discovery', async () => {
    const issuer = await aListeningIssuer({ scopes: ['read:users', 'write:users'] });
    const { clientId, clientSecret } = issuer.client;
    const answer = await fetch(`${issuer.issuer}/token`, tokenRequest(clientId, clientSecret));
    const body: unknown = await answer.json();
    expect(body).toMatchObject({ token_type: 'Bearer', scope: 'read:users write:users' });
    const token = (body as { access_token: string }).access_token;
    for (const issuerOption of [authly(issuer.issuer), rfc9068(issuer.issuer)]) {
      const server = createResourceServer({ issuer: issuerOption, audience: issuer.audience });
      expect(await server.verify(token)).toMatchObject({ kind: 'client', clientId });
      server.close();
    }
  });

  it('accepts further clients, and refuses a wrong secret', async () => {
    const { secret, hash } = generateClientSecret();
    const clients = [{ clientId: 'b', secretHashes: [hash], scopes: [], audiences: ['api'] }];
    const { issuer } = await aListeningIssuer({ clients });
    expect((await fetch(`${issuer}/token`, tokenRequest('b', secret))).status).toBe(200);
    expect((await fetch(`${issuer}/token`, tokenRequest('b', 'wrong'))).status).toBe(401);
  });

  it('shares no key with the issuer from which it was made, or with another', async () => {
    const [a, b] = [await aListeningIssuer(), await aListeningIssuer()];
    expect(a.jwks).not.toEqual(b.jwks);
    expect(a.jwks).not.toEqual(testIssuer().jwks);
  });

  it('does not answer after it is closed', async () => {
    const issuer = await testIssuer().listen();
    await issuer.close();
    await expect(fetch(`${issuer.issuer}/jwks`)).rejects.toThrow();
  });
});
