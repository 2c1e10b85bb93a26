import { mount } from '@authly/express';
import {
  createIssuer,
  generateClientSecret,
  generateSigningKey,
  memoryClientStore,
} from '@authly/issuer';
import express from 'express';
import supertest from 'supertest';
import { describe, expect, it } from 'vitest';

const { secret, hash } = generateClientSecret();

const issuer = createIssuer({
  issuer: 'https://auth.example.com',
  keys: [await generateSigningKey()],
  clients: memoryClientStore([
    {
      clientId: 'nightly-sync',
      secretHashes: [hash],
      scopes: ['read:users', 'write:users'],
      audiences: ['https://api.example.com'],
    },
  ]),
});

const app = express().use(mount(issuer.handler));

/** A token request, good but for what is given. */
function request(body: string, { authorization = basic(secret) } = {}): supertest.Test {
  const test = supertest(app).post('/token').type('form');
  return authorization === '' ? test.send(body) : test.set({ authorization }).send(body);
}

function basic(password: string, id = 'nightly-sync'): string {
  return `Basic ${Buffer.from(`${id}:${password}`).toString('base64')}`;
}

const GRANT = 'grant_type=client_credentials';

describe('client credentials', () => {
  it('[RFC6749-4.4.2-a] [RFC6749-4.4.3-a] [RFC6749-4.4.3-b] [RFC6749-4.4.3-c] a good request gets a token', async () => {
    const { status, body, headers } = await request(GRANT);
    expect(status).toBe(200);
    expect(headers['content-type']).toMatch(/^application\/json/);
    expect(headers['cache-control']).toBe('no-store');
    expect(body).toEqual({
      access_token: expect.any(String),
      token_type: 'Bearer',
      expires_in: expect.any(Number),
      scope: expect.any(String),
    });
  });

  it('[RFC6749-4.4.2-c] without scope the token has all scopes of the client', async () => {
    expect((await request(GRANT)).body.scope).toBe('read:users write:users');
    expect((await request(`${GRANT}&scope=read:users`)).body.scope).toBe('read:users');
  });

  it('[RFC6750-5.3-a] the token lives for an hour or less', async () => {
    const { body } = await request(GRANT);
    expect(body.expires_in).toBeGreaterThan(0);
    expect(body.expires_in).toBeLessThanOrEqual(3600);
  });

  it.each([
    ['without credentials', GRANT, ''],
    ['with an id alone', `${GRANT}&client_id=nightly-sync`, ''],
    ['with an empty secret', GRANT, basic('')],
    ['with an empty secret in the body', `${GRANT}&client_id=nightly-sync&client_secret=`, ''],
  ])(
    '[RFC6749-4.4-a] [RFC6749-4.4.2-b] a request %s is refused',
    async (_, body, authorization) => {
      const response = await request(body, { authorization });
      expect([response.status, response.body.error]).toEqual([401, 'invalid_client']);
    },
  );

  it('[RFC6749-4.4-a] a client without a secret cannot be registered for the grant', () => {
    const noSecret = { clientId: 'public', secretHashes: [], scopes: [], audiences: ['https://a'] };
    expect(() => memoryClientStore([noSecret])).toThrow(/secret/i);
  });
});

describe('errors of the token endpoint', () => {
  const wrong = basic(generateClientSecret().secret);

  it.each<{ what: string; body: string; error: string; status: number; authorization?: string }>([
    {
      what: '[RFC6749-5.2-a] no grant type',
      body: 'scope=a',
      error: 'invalid_request',
      status: 400,
    },
    {
      what: '[RFC6749-5.2-a] a repeated parameter',
      body: `${GRANT}&${GRANT}`,
      error: 'invalid_request',
      status: 400,
    },
    {
      what: '[RFC6749-5.2-a] two ways of authentication',
      body: `${GRANT}&client_id=nightly-sync&client_secret=${secret}`,
      error: 'invalid_request',
      status: 400,
    },
    {
      what: '[RFC6749-5.2-b] a wrong secret',
      body: GRANT,
      error: 'invalid_client',
      status: 401,
      authorization: wrong,
    },
    {
      what: '[RFC6749-5.2-b] an unknown client',
      body: GRANT,
      error: 'invalid_client',
      status: 401,
      authorization: basic(secret, 'nobody'),
    },
    {
      what: '[RFC6749-5.2-b] no authentication',
      body: GRANT,
      error: 'invalid_client',
      status: 401,
      authorization: '',
    },
    {
      what: '[RFC6749-5.2-d] a password',
      body: 'grant_type=password&username=a&password=b',
      error: 'unsupported_grant_type',
      status: 400,
    },
    {
      what: '[RFC6749-5.2-d] a refresh token',
      body: 'grant_type=refresh_token&refresh_token=a',
      error: 'unsupported_grant_type',
      status: 400,
    },
    {
      what: '[RFC6749-5.2-e] a scope beyond',
      body: `${GRANT}&scope=admin`,
      error: 'invalid_scope',
      status: 400,
    },
    {
      what: '[RFC6749-5.2-e] a malformed scope',
      body: `${GRANT}&scope=a%22b`,
      error: 'invalid_scope',
      status: 400,
    },
  ])('[RFC6749-5.2-f] [RFC6749-4.4.3-c] $what', async ({ body, error, status, authorization }) => {
    const response = await request(body, authorization === undefined ? {} : { authorization });
    expect(response.status).toBe(status);
    expect(response.headers['content-type']).toMatch(/^application\/json/);
    expect(response.headers['cache-control']).toBe('no-store');
    expect(response.body).toEqual({ error, error_description: expect.any(String) });
    expect(response.body.error_description).toMatch(/^[\x20\x21\x23-\x5b\x5d-\x7e]+$/);
  });

  it('[RFC6749-5.2-a] a JSON body is invalid_request', async () => {
    const test = supertest(app)
      .post('/token')
      .set({ authorization: basic(secret) });
    const response = await test.send({ grant_type: 'client_credentials' });
    expect([response.status, response.body.error]).toEqual([400, 'invalid_request']);
  });

  it('[RFC6749-5.2-c] a client that failed with Basic is asked for Basic', async () => {
    const { status, headers } = await request(GRANT, { authorization: wrong });
    expect(status).toBe(401);
    expect(headers['www-authenticate']).toMatch(/^Basic realm="[^"\\]*"/);
  });
});
