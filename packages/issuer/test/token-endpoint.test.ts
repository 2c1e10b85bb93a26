import { decodeJwt } from 'jose';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { generateClientSecret } from '../src/client-secret.ts';
import { type Client, memoryClientStore } from '../src/client-store.ts';
import { createIssuer, type IssuerOptions } from '../src/create-issuer.ts';
import type { IssuerEvent } from '../src/events.ts';
import { answerOf, clock, jsonOf, type RequestParts, rejection, signingKey } from './fixtures.ts';

const { secret, hash } = generateClientSecret();
const other = generateClientSecret().secret;

const basicClient: Client = {
  clientId: 'nightly-sync',
  secretHashes: [hash],
  scopes: ['read:users'],
  audiences: ['https://api.example.com', 'https://orders.example.com'],
};
const postClient: Client = {
  ...basicClient,
  clientId: 'poster',
  authenticationMethod: 'client_secret_post',
};

const options: IssuerOptions = {
  issuer: 'https://auth.example.com',
  keys: [signingKey],
  clients: memoryClientStore([basicClient, postClient]),
  clock,
};

function anEndpoint(change: Partial<IssuerOptions> = {}) {
  const events: IssuerEvent[] = [];
  const { token } = createIssuer({
    ...options,
    onEvent: (event) => events.push(event),
    ...change,
  }).endpoints;
  return { events, post: (parts: RequestParts) => answerOf(token, parts) };
}

const authorization = (id = 'nightly-sync', clientSecret = secret): { authorization: string } => ({
  authorization: `Basic ${Buffer.from(`${id}:${clientSecret}`).toString('base64')}`,
});
const GRANT = 'grant_type=client_credentials';
const GOOD = `${GRANT}&resource=https://api.example.com`;
const headers = authorization();

const NOT_STORED = { 'cache-control': 'no-store', pragma: 'no-cache' };

describe('a good request', () => {
  it('gets a token, and no cookie or refresh token', async () => {
    const response = await anEndpoint().post({ headers, body: GOOD });
    expect(response).toMatchObject({
      status: 200,
      headers: { 'content-type': 'application/json', ...NOT_STORED },
    });
    expect(jsonOf(response)).toEqual({
      access_token: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/),
      token_type: 'Bearer',
      expires_in: 600,
      scope: 'read:users',
    });
    const { access_token: token } = z.object({ access_token: z.string() }).parse(jsonOf(response));
    expect(decodeJwt(token)).toMatchObject({
      iss: 'https://auth.example.com',
      sub: 'nightly-sync',
      aud: 'https://api.example.com',
      scope: 'read:users',
    });
  });

  it.each([
    ['client_secret_post', {}, `${GOOD}&client_id=poster&client_secret=${secret}`],
    ['Basic and the same client_id', headers, `${GOOD}&client_id=nightly-sync`],
    ['a parameter that nobody knows', headers, `${GOOD}&foo=bar`],
    ['parameters without value', headers, `${GOOD}&scope=&foo=&client_secret=`],
    ['several resources', headers, `${GOOD}&resource=https://orders.example.com/`],
  ])('may have %s', async (_, ownHeaders, body) => {
    expect(await anEndpoint().post({ headers: ownHeaders, body })).toMatchObject({ status: 200 });
  });

  it('may have a body that other middleware has parsed', async () => {
    const parsedBody = { grant_type: 'client_credentials', resource: 'https://api.example.com' };
    expect(await anEndpoint().post({ headers, parsedBody })).toMatchObject({ status: 200 });
  });
});

describe('a refused request', () => {
  const post = `&client_id=poster&client_secret=${secret}`;

  it.each<{ what: string; parts: RequestParts; error: string; status?: number }>([
    { what: 'no grant type', parts: { headers, body: 'scope=a' }, error: 'invalid_request' },
    { what: 'an empty body', parts: { headers }, error: 'invalid_request' },
    {
      what: 'an empty grant type',
      parts: { headers, body: 'grant_type=' },
      error: 'invalid_request',
    },
    {
      what: 'another grant',
      parts: { headers, body: 'grant_type=password&username=a&password=b' },
      error: 'unsupported_grant_type',
    },
    {
      what: 'the code grant',
      parts: { headers, body: 'grant_type=authorization_code&code=x' },
      error: 'unsupported_grant_type',
    },
    {
      what: 'a grant in other case',
      parts: { headers, body: 'grant_type=Client_Credentials' },
      error: 'unsupported_grant_type',
    },
    {
      what: 'JSON',
      parts: {
        headers: { ...headers, 'content-type': 'application/json' },
        body: '{"grant_type":"client_credentials"}',
      },
      error: 'invalid_request',
    },
    {
      what: 'JSON, parsed',
      parts: {
        headers: { ...headers, 'content-type': 'application/json' },
        parsedBody: { grant_type: 'client_credentials' },
      },
      error: 'invalid_request',
    },
    {
      what: 'a repeated parameter',
      parts: { headers, body: `${GOOD}&${GRANT}` },
      error: 'invalid_request',
    },
    {
      what: 'a repeated unknown parameter',
      parts: { headers, body: `${GOOD}&foo=1&foo=2` },
      error: 'invalid_request',
    },
    {
      what: 'an overlong body',
      parts: { headers, body: `${GOOD}&foo=${'x'.repeat(65_536)}` },
      error: 'invalid_request',
    },
    {
      what: 'two methods of authentication',
      parts: { headers, body: GOOD + post },
      error: 'invalid_request',
    },
    {
      what: 'two Authorization headers',
      parts: {
        headers: { authorization: [headers.authorization, headers.authorization] },
        body: GOOD,
      },
      error: 'invalid_request',
    },
    {
      what: 'two different clients',
      parts: { headers, body: `${GOOD}&client_id=poster` },
      error: 'invalid_request',
    },
    { what: 'no credentials', parts: { body: GOOD }, error: 'invalid_client', status: 401 },
    {
      what: 'credentials in the query',
      parts: { query: `client_id=poster&client_secret=${secret}`, body: GOOD },
      error: 'invalid_client',
      status: 401,
    },
    {
      what: 'a wrong secret',
      parts: { headers: authorization('nightly-sync', other), body: GOOD },
      error: 'invalid_client',
      status: 401,
    },
    {
      what: 'a wrong secret in the body',
      parts: { body: `${GOOD}&client_id=poster&client_secret=${other}` },
      error: 'invalid_client',
      status: 401,
    },
    {
      what: 'an unknown client',
      parts: { headers: authorization('nobody'), body: GOOD },
      error: 'invalid_client',
      status: 401,
    },
    {
      what: 'the method of another client',
      parts: { headers: authorization('poster'), body: GOOD },
      error: 'invalid_client',
      status: 401,
    },
    {
      what: 'a bearer token',
      parts: { headers: { authorization: 'Bearer abc' }, body: GOOD },
      error: 'invalid_client',
      status: 401,
    },
    {
      what: 'malformed Basic',
      parts: { headers: { authorization: 'Basic abc' }, body: GOOD },
      error: 'invalid_client',
      status: 401,
    },
    {
      what: 'a scope beyond the allowed ones',
      parts: { headers, body: `${GOOD}&scope=read:users+admin` },
      error: 'invalid_scope',
    },
    {
      what: 'a malformed scope',
      parts: { headers, body: `${GOOD}&scope=a++b` },
      error: 'invalid_scope',
    },
    { what: 'no resource of several', parts: { headers, body: GRANT }, error: 'invalid_target' },
    {
      what: 'a resource of others',
      parts: { headers, body: `${GRANT}&resource=https://other.example.com` },
      error: 'invalid_target',
    },
    {
      what: 'a good and a bad resource',
      parts: { headers, body: `${GOOD}&resource=https://other.example.com` },
      error: 'invalid_target',
    },
    {
      what: 'a malformed resource',
      parts: { headers, body: `${GRANT}&resource=api` },
      error: 'invalid_target',
    },
  ])('with $what answers $error (RFC 6749 §5.2)', async ({ parts, error, status = 400 }) => {
    const { events, post: send } = anEndpoint();
    const response = await send(parts);
    expect(response).toMatchObject({
      status,
      headers: { 'content-type': 'application/json', ...NOT_STORED },
    });
    expect(jsonOf(response)).toEqual({ error, error_description: expect.any(String) });
    // RFC 6749 §5.2: the characters that a description may have.
    expect(JSON.stringify(jsonOf(response))).toMatch(/^[\x20-\x7e]*$/);
    expect(response.headers['www-authenticate']).toBe(
      status === 401 ? 'Basic realm="https://auth.example.com", charset="UTF-8"' : undefined,
    );
    expect(events).toMatchObject([{ type: 'token.refused', code: error }]);
    expect(JSON.stringify([response, events])).not.toContain('authly_cs_');
  });

  it('gets an answer without any text of the request', async () => {
    const { events, post: send } = anEndpoint();
    const canary = 'canary-7d2f';
    for (const body of [
      `grant_type=${canary}`,
      `${GRANT}&client_id=${canary}&client_secret=${canary}`,
      `${GOOD}&scope=${canary}`,
      `${GRANT}&resource=https://${canary}.example.com`,
      `${canary}=1&${canary}=2`,
    ]) {
      const response = await send({ headers: body.includes('client_id') ? {} : headers, body });
      expect(response.status).toBeGreaterThanOrEqual(400);
      expect(JSON.stringify([response, events])).not.toContain('canary');
    }
  });
});

describe('other methods', () => {
  it.each(['GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS', 'post'])('%s gets 405', async (method) => {
    const response = await anEndpoint().post({ method, headers, body: GOOD });
    expect(response).toMatchObject({ status: 405, headers: { allow: 'POST', ...NOT_STORED } });
  });
});

describe('our own faults', () => {
  it('answer 503 and Retry-After when clients cannot be looked up', async () => {
    const clients = { find: () => Promise.reject(new Error('canary: the database is down')) };
    const { events, post } = anEndpoint({ clients });
    const response = await post({ headers, body: GOOD });
    expect(response).toMatchObject({ status: 503, headers: { 'retry-after': '5', ...NOT_STORED } });
    expect(jsonOf(response)).toMatchObject({ error: 'temporarily_unavailable' });
    expect(response.headers).not.toHaveProperty('www-authenticate');
    expect(events).toMatchObject([{ reason: 'clients_unavailable' }]);
    expect(JSON.stringify([response, events])).not.toContain('canary');
  });

  it('are thrown, so that the framework logs them, when no valid token can be made from a registration', async () => {
    const { token } = createIssuer({
      ...options,
      claims: z.object({ tenant_id: z.string() }),
    }).endpoints;
    expect(await rejection(answerOf(token, { headers, body: GOOD }))).toMatchObject({
      name: 'IssuanceError',
      code: 'claims_rejected',
    });
  });
});
