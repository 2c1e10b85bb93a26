import { type TestIssuer, testIssuer } from '@authly/testing';
import express from 'express';
import supertest from 'supertest';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';

const auth0 = testIssuer({
  issuer: 'https://acme.eu.auth0.com/',
  audience: 'https://api.acme.com',
});

// The snippets name a real provider. Here its address is answered in this process.
beforeAll(() => {
  vi.stubGlobal('fetch', async (input: string | URL | Request) => {
    const url = String(input instanceof Request ? input.url : input);
    if (url.endsWith('/jwks')) return Response.json(auth0.jwks);
    return Response.json({ issuer: auth0.issuer, jwks_uri: `${auth0.issuer}jwks` });
  });
});
afterAll(() => {
  vi.unstubAllGlobals();
});

function auth0User({ aToken }: TestIssuer): string {
  const claims = { sub: 'auth0|17', azp: 'web-app', sub_type: undefined, client_id: undefined };
  return aToken(claims, { header: { typ: 'JWT' } });
}

it('the snippet for the bounds accepts a good token, the first time and again', async () => {
  const { guard } = await import('./snippets/performance/bounds.ts');
  const app = express();
  app.use(guard, (_request, response) => {
    response.send('in');
  });
  const authorization = `Bearer ${auth0User(auth0)}`;
  for (let n = 0; n < 2; n++) await supertest(app).get('/').set({ authorization }).expect(200);
  guard.resourceServer.close();
});

it('the snippet without a cache verifies a token each time', async () => {
  const { resourceServer } = await import('./snippets/performance/nothing-kept.ts');
  const token = auth0User(auth0);
  await resourceServer.ready();
  const first = await resourceServer.verify(token);
  expect(await resourceServer.verify(token)).not.toBe(first);
  resourceServer.close();
});
