// #region testing
import { auth0 } from '@authly/express/providers';
import { testIssuer } from '@authly/testing';
import supertest from 'supertest';
import { expect, it } from 'vitest';
import { createApp } from './app.ts';

// The preset of production; only its requests for metadata and keys are answered here.
const { fetch, audience, aUserToken, aClientToken, aIdToken } = testIssuer({ like: 'auth0' });
const issuer = auth0({ domain: 'acme.eu.auth0.com', fetch });
const api = supertest(createApp({ issuer, audience }));

it('is for users', async () => {
  const token = aUserToken({ sub: 'auth0|17' });
  const { body } = await api.get('/me').auth(token, { type: 'bearer' }).expect(200);
  expect(body).toMatchObject({ user: 'auth0|17', via: 'web-app' });
  await api.get('/me').auth(aClientToken(), { type: 'bearer' }).expect(403);
});

it('refuses an expired token, and an ID token', async () => {
  const expired = aUserToken({}, { expiresInSec: -60 });
  await api.get('/me').auth(expired, { type: 'bearer' }).expect(401);
  await api.get('/me').auth(aIdToken(), { type: 'bearer' }).expect(401);
});
// #endregion
