import { oidcProvider } from '@authly/core/providers';
import { createApp } from '@authly-examples/opaque-api';
import supertest from 'supertest';
import { describe, expect, it } from 'vitest';
import { anIntrospectionEndpoint } from '../support/introspection-endpoint.ts';
import { runExample } from './child.ts';

const AUDIENCE = 'https://api.acme.com';
const CLIENT = { id: 'orders-api', secret: 'the secret of the API: + and %' };
const active = () => ({
  active: true,
  exp: Math.floor(Date.now() / 1_000) + 600,
  aud: AUDIENCE,
  client_id: 'web-app',
  scope: 'read:orders',
  token_type: 'Bearer',
});

async function anExample() {
  const endpoint = await anIntrospectionEndpoint();
  const causes: string[] = [];
  const app = createApp({
    issuer: oidcProvider({ issuer: endpoint.issuer, subjectNamespaces: 'disjoint' }),
    audience: AUDIENCE,
    client: CLIENT,
    onEvent: (event) => {
      if (event.type === 'introspection.failed') causes.push(event.cause);
    },
  });
  const get = (path: string, token: string) =>
    supertest(app).get(path).auth(token, { type: 'bearer' });
  return { endpoint, causes, get };
}

describe('examples/opaque-api', () => {
  it('serves users and machines by the answers of their server', async () => {
    const { endpoint, get } = await anExample();
    endpoint.answerAbout('of-dana', { ...active(), sub: 'dana' });
    endpoint.answerAbout('of-nightly', { ...active(), client_id: 'nightly' });
    const { body } = await get('/me', 'of-dana');
    expect(body).toEqual({ user: 'dana', via: 'web-app', source: 'introspection' });
    expect((await get('/me', 'of-nightly')).status).toBe(403);
    const orders = await get('/orders', 'of-nightly');
    expect(orders.body).toEqual({ for: 'client', scopes: ['read:orders'] });
    expect((await get('/orders', 'made-up')).status).toBe(401);
    expect(endpoint.tokens).toEqual(['of-dana', 'of-nightly', 'made-up']);
  });

  it('answers 503 and reports the cause while the server refuses its credentials', async () => {
    const { endpoint, causes, get } = await anExample();
    endpoint.answer((_question, response) => response.writeHead(401).end());
    const { status, headers } = await get('/orders', 'of-dana');
    expect(status).toBe(503);
    expect(headers).toHaveProperty('retry-after');
    expect(causes).toEqual(['unauthorized']);
  });

  it('starts with its own main.ts, and ends when told to', async () => {
    const { issuer, answerAbout } = await anIntrospectionEndpoint();
    answerAbout('of-nightly', { ...active(), client_id: 'nightly' });
    const env = { CLIENT_ID: CLIENT.id, CLIENT_SECRET: CLIENT.secret, ISSUER: issuer };
    const api = runExample('opaque-api', { env: { ...env, AUDIENCE, PORT: '0' } });
    const [, port] = await api.printed(/port: (\d+)/);
    const response = await fetch(`http://127.0.0.1:${port}/orders`, {
      headers: { authorization: 'Bearer of-nightly' },
    });
    expect(await response.json()).toEqual({ for: 'client', scopes: ['read:orders'] });
    api.process.kill('SIGTERM');
    expect((await api.ended).exitCode).toBe(0);
    expect((await runExample('opaque-api').ended).stderr).toContain('Set ISSUER');
  }, 30_000);
});
