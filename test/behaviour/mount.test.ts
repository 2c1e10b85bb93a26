import { request as httpRequest } from 'node:http';
import { authly } from '@authly/core/providers';
import { createIssuer, generateClientSecret, memoryClientStore } from '@authly/issuer';
import { generateTestKey } from '@authly/testing';
import supertest from 'supertest';
import { describe, expect, it } from 'vitest';
import {
  type AppOptions,
  type Framework,
  frameworks,
  type TestApp,
} from '../support/frameworks.ts';
import { listen, send } from '../support/requests.ts';
import { aResourceServer } from '../support/resource-servers.ts';
import { AUDIENCE, aClock, ISSUER } from '../support/tokens.ts';

const { secret, hash } = generateClientSecret();
const posted = generateClientSecret();
const issuer = createIssuer({
  issuer: ISSUER,
  keys: [generateTestKey('ES256', 'key-1').privateJwk],
  clock: aClock(),
  clients: memoryClientStore([
    {
      clientId: 'nightly-sync',
      secretHashes: [hash],
      scopes: ['read:users', 'write:users'],
      audiences: [AUDIENCE, 'https://billing.example.com'],
    },
    {
      clientId: 'reporter',
      secretHashes: [posted.hash],
      authenticationMethod: 'client_secret_post',
      scopes: ['read:users'],
      audiences: [AUDIENCE],
    },
  ]),
});

const basic = `Basic ${Buffer.from(`nightly-sync:${secret}`).toString('base64')}`;
const grant = { grant_type: 'client_credentials', resource: AUDIENCE };

const parsers = ['none', 'usual', 'other', 'json', 'text', 'bytes'] as const;
const matrix = frameworks.flatMap((framework) =>
  parsers.map((bodyParser) => ({ framework, name: framework.name, bodyParser })),
);

describe.each(matrix)('an issuer mounted in $name, body parser: $bodyParser', (row) => {
  const { framework, bodyParser } = row;
  const app = issuerApp(framework, { bodyParser });

  it('grants a token by client_secret_basic, which the API accepts as this client’s', async () => {
    const response = await token(app).set({ authorization: basic }).send(form(grant));
    expect(response.status).toBe(200);
    expect(response.headers['cache-control']).toBe('no-store');
    expect(response.headers['content-type']).toMatch(/^application\/json/);
    expect(response.body).toMatchObject({
      token_type: 'Bearer',
      expires_in: 600,
      scope: 'read:users write:users',
    });
    const server = aResourceServer({ issuer: authly({ issuer: ISSUER, jwks: issuer.jwks() }) });
    expect(await server.verify(response.body.access_token)).toMatchObject({
      kind: 'client',
      clientId: 'nightly-sync',
      scopes: ['read:users', 'write:users'],
    });
  });

  it('grants a token by client_secret_post', async () => {
    const credentials = { client_id: 'reporter', client_secret: posted.secret };
    const response = await token(app).send(
      form({ grant_type: 'client_credentials', ...credentials }),
    );
    expect(response.status).toBe(200);
    expect(response.body.scope).toBe('read:users');
  });

  it('accepts the parameter resource several times (RFC 8707 §2)', async () => {
    const body = `${form(grant)}&${form({ resource: 'https://billing.example.com' })}`;
    const response = await token(app).set({ authorization: basic }).send(body);
    expect(response.status).toBe(200);
    const [, payload = ''] = response.body.access_token.split('.');
    expect(JSON.parse(Buffer.from(payload, 'base64url').toString()).aud).toEqual([
      AUDIENCE,
      'https://billing.example.com',
    ]);
  });

  it.each([
    ['a parameter that occurs twice', `${form(grant)}&grant_type=client_credentials`],
    ['a scope that occurs twice', `${form(grant)}&scope=read%3Ausers&scope=write%3Ausers`],
    ['no grant_type', form({ resource: AUDIENCE })],
    ['an empty body', ''],
  ])('%s is invalid_request', async (_, body) => {
    const response = await token(app).set({ authorization: basic }).send(body);
    expect(response.status).toBe(400);
    expect(response.body.error).toBe('invalid_request');
    expect(response.headers['cache-control']).toBe('no-store');
  });

  it('a JSON body is invalid_request', async () => {
    const response = await supertest(app.listener)
      .post('/token')
      .set({ authorization: basic })
      .send(grant);
    expect(response.status).toBe(400);
    expect(response.body.error).toBe('invalid_request');
  });

  it('a wrong secret is 401 invalid_client with a Basic challenge', async () => {
    const wrong = `Basic ${Buffer.from('nightly-sync:wrong-secret-of-16').toString('base64')}`;
    const response = await token(app).set({ authorization: wrong }).send(form(grant));
    expect(response.status).toBe(401);
    expect(response.body.error).toBe('invalid_client');
    expect(response.headers['www-authenticate']).toMatch(/^Basic realm="/);
  });

  it('two Authorization headers are refused, not joined', async () => {
    const running = await listen(app.listener);
    try {
      const { status } = await post(`${running.origin}/token`, form(grant), {
        authorization: [basic, basic],
      });
      expect([400, 401]).toContain(status);
    } finally {
      running.close();
    }
  });

  it('serves keys and metadata, and refuses to authorize', async () => {
    const keys = await send(app, { path: '/jwks' });
    expect(keys.status).toBe(200);
    expect(keys.headers['content-type']).toMatch(/^application\/jwk-set\+json/);
    expect(JSON.parse(keys.text || keys.body.toString())).toEqual(issuer.jwks());
    for (const name of ['oauth-authorization-server', 'openid-configuration']) {
      const metadata = await send(app, { path: `/.well-known/${name}` });
      expect(metadata.status).toBe(200);
      expect(metadata.body).toEqual(issuer.metadata());
      expect(metadata.body).toMatchObject({ issuer: ISSUER, response_types_supported: ['none'] });
    }
    const authorize = await send(app, { path: '/authorize?response_type=code' });
    expect(authorize.status).toBe(400);
    expect(authorize.body.error).toBe('unsupported_response_type');
  });

  it('answers HEAD and OPTIONS without a body', async () => {
    const head = await send(app, { path: '/jwks', method: 'head' });
    expect(head.status).toBe(200);
    expect(head.headers['content-type']).toMatch(/^application\/jwk-set\+json/);
    const preflight = await send(app, { path: '/jwks', method: 'options' });
    expect(preflight.status).toBe(204);
    expect(preflight.headers['access-control-allow-origin']).toBe('*');
    expect(preflight.text ?? '').toBe('');
  });

  it('another method is 405 with Allow', async () => {
    const response = await send(app, { path: '/token' });
    expect(response.status).toBe(405);
    expect(response.headers['allow']).toBe('POST');
  });

  it('a path that is not the issuer’s is passed to the next middleware', async () => {
    const response = await send(app, { path: '/other' });
    expect(response.status).toBe(200);
    expect(response.body).toBe('not the issuer’s');
    expect((await send(app, { path: '/token/x' })).status).toBe(404);
  });
});

describe.each(frameworks)('an overlong body for an issuer mounted in $name', (framework) => {
  const overlong = `${form(grant)}&x=${'x'.repeat(64 * 1024)}`;

  it('is invalid_request if its Content-Length says so', async () => {
    const response = await token(issuerApp(framework)).set({ authorization: basic }).send(overlong);
    expect(response.status).toBe(400);
    expect(response.body.error).toBe('invalid_request');
  });

  it('is invalid_request if it comes in chunks without a Content-Length', async () => {
    const running = await listen(issuerApp(framework).listener);
    try {
      const response = await post(`${running.origin}/token`, overlong, {
        authorization: basic,
        'transfer-encoding': 'chunked',
      });
      expect(response.status).toBe(400);
      expect(JSON.parse(response.text).error).toBe('invalid_request');
    } finally {
      running.close();
    }
  });
});

function issuerApp(framework: Framework, options: AppOptions = {}): TestApp {
  return framework.createApp(({ use, route }) => {
    use(framework.kit.mount(issuer.handler));
    route('/other', () => 'not the issuer’s');
  }, options);
}

function token(app: TestApp): supertest.Test {
  return supertest(app.listener).post('/token').type('form');
}

function form(parameters: Readonly<Record<string, string>>): string {
  return new URLSearchParams(parameters).toString();
}

function post(
  url: string,
  body: string,
  headers: Readonly<Record<string, string | readonly string[]>>,
): Promise<{ readonly status: number; readonly text: string }> {
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest(url, { method: 'POST', agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
    });
    outgoing.on('error', reject);
    outgoing.setHeader('content-type', 'application/x-www-form-urlencoded');
    for (const [name, value] of Object.entries(headers)) outgoing.setHeader(name, value);
    outgoing.end(body);
  });
}
