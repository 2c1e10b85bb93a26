// #region testing
import { authly } from '@authly/express/providers';
import { testIssuer } from '@authly/testing';
import supertest from 'supertest';
import { expect, it } from 'vitest';
import { createApp } from './app.ts';

const { issuer, jwks, audience, aUserToken, aClientToken } = testIssuer();
const api = supertest(createApp({ issuer: authly({ issuer, jwks }), audience }));

it('is for users', async () => {
  const token = aUserToken({ sub: 'u-17' });
  const { body } = await api.get('/me').auth(token, { type: 'bearer' }).expect(200);
  expect(body).toMatchObject({ user: 'u-17', via: 'web-app' });
  await api.get('/me').auth(aClientToken(), { type: 'bearer' }).expect(403);
});

it('refuses an expired token', async () => {
  const token = aUserToken({ sub: 'u-17' }, { expiresInSec: -60 });
  await api.get('/me').auth(token, { type: 'bearer' }).expect(401);
});
// #endregion
