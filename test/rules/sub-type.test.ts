import { createResourceServer } from '@authly/core';
import { authly } from '@authly/core/providers';
import { createIssuer, IssuanceError, memoryClientStore, SUBJECT_TYPE_CLAIM } from '@authly/issuer';
import { generateTestKey, testIssuer } from '@authly/testing';
import { describe, expect, it } from 'vitest';
import { AUDIENCE, aClock, ISSUER } from '../support/tokens.ts';

// The issuer writes the claim and the preset in core reads it; neither may import the other. These
// tests hold the two spellings together.

const clock = aClock();
const keys = [generateTestKey('ES256', 'key-1').privateJwk];
const issuer = createIssuer({ issuer: ISSUER, keys, clock, clients: memoryClientStore([]) });
const server = createResourceServer({
  issuer: authly({ issuer: ISSUER, jwks: issuer.jwks() }),
  audience: AUDIENCE,
  clock,
});

describe('the claim that states the kind of a subject', () => {
  it('a user’s token of the issuer is read as a user’s by the preset', async () => {
    const { accessToken } = await issuer.userToken({
      identity: { provider: 'google', externalId: '17' },
      clientId: 'web-app',
      audience: AUDIENCE,
      scopes: ['read:users'],
    });
    expect(await server.verify(accessToken)).toMatchObject({
      kind: 'user',
      userId: 'google|17',
      clientId: 'web-app',
      scopes: ['read:users'],
    });
  });

  it('a client’s token of the issuer is read as a client’s by the preset', async () => {
    const { accessToken } = await issuer.clientToken({ clientId: 'sync', audience: AUDIENCE });
    expect(await server.verify(accessToken)).toMatchObject({
      kind: 'client',
      clientId: 'sync',
      subject: 'sync',
    });
  });

  it.each([
    ['is missing', { [SUBJECT_TYPE_CLAIM]: undefined }],
    ['is neither user nor client', { [SUBJECT_TYPE_CLAIM]: 'robot' }],
    ['is client for another subject', { [SUBJECT_TYPE_CLAIM]: 'client' }],
    ['is user for a client', { sub: 'web-app', client_id: 'web-app' }],
  ])('a token in which it %s is refused', async (_, claims) => {
    const forger = testIssuer({ issuer: ISSUER, audience: AUDIENCE, clock });
    const strict = createResourceServer({
      issuer: authly({ issuer: ISSUER, jwks: forger.jwks }),
      audience: AUDIENCE,
      clock,
    });
    const verify = async (token: string) => strict.verify(token);
    await expect(verify(forger.aUserToken())).resolves.toMatchObject({ kind: 'user' });
    await expect(verify(forger.aUserToken(claims))).rejects.toMatchObject({
      code: 'invalid_token',
    });
  });

  it('only the issuer sets it', async () => {
    const minting = issuer.clientToken({
      clientId: 'sync',
      audience: AUDIENCE,
      claims: { [SUBJECT_TYPE_CLAIM]: 'user' },
    });
    await expect(minting).rejects.toThrow(IssuanceError);
  });
});
