import {
  type AuthEvent,
  clientSecretBasic,
  type IntrospectionStore,
  memoryRevocations,
  type Revocations,
} from '@authly/core';
import { custom, oidcProvider, rfc9068 } from '@authly/core/providers';
import { compactJws } from '@authly/testing';
import { describe, expect, it } from 'vitest';
import { protectedApp } from '../support/apps.ts';
import { boundHeaders, clientKey, thumbprintOf } from '../support/bound.ts';
import { frameworks } from '../support/frameworks.ts';
import {
  ACTIVE_USER,
  anIntrospectingApi,
  CLIENT_ID,
  without,
} from '../support/introspecting-api.ts';
import {
  anIntrospectionEndpoint,
  answering,
  type EndpointAnswer,
} from '../support/introspection-endpoint.ts';
import { send } from '../support/requests.ts';
import { aResourceServer } from '../support/resource-servers.ts';
import { AUDIENCE, aClock, aUserToken, issuerKey, jwks, NOW } from '../support/tokens.ts';

// What an authorization server may answer about a token, and what a stranger may make it answer.

const json = (text: string): EndpointAnswer =>
  answering(200, text, { 'content-type': 'application/json' });

describe.each(frameworks)('introspection in $name', (framework) => {
  it('reads the user and the client that the server names [RFC7662-2.1-a] [RFC7662-2.1-b]', async () => {
    const api = await anIntrospectingApi(framework);
    api.endpoint.answerAbout('user', ACTIVE_USER);
    api.endpoint.answerAbout('client', { ...without('sub'), client_id: 'nightly-sync' });
    expect(await api.call('user')).toMatchObject({
      status: 200,
      body: { kind: 'user', userId: 'dana', clientId: 'web-app', source: 'introspection' },
    });
    expect(await api.call('client')).toMatchObject({
      status: 200,
      body: { kind: 'client', clientId: 'nightly-sync', scopes: ['parcels:read'] },
    });
    const [question] = api.endpoint.questions;
    expect(question?.form.toString()).toBe('token_type_hint=access_token&token=user');
    expect(question?.headers.authorization).toMatch(/^Basic /);
  });

  it('reads from the answer which key the token is bound to [RFC9449-6.2-a]', async () => {
    const api = await anIntrospectingApi(framework, { options: { dpop: 'when-bound' } });
    const bound = { ...ACTIVE_USER, token_type: 'DPoP', cnf: { jkt: thumbprintOf(clientKey) } };
    api.endpoint.answerAbout('bound', bound);
    api.endpoint.answerAbout('of-another', { ...bound, cnf: { jkt: 'k' } });
    const app = protectedApp(framework, { server: api.server });
    const withProof = (token: string) => send(app, { headers: boundHeaders(token) });
    expect(await withProof('bound')).toMatchObject({ status: 200, body: { userId: 'dana' } });
    expect((await withProof('of-another')).status).toBe(401);
    expect((await api.call('bound')).status).toBe(401);
    expect(api.reasons()).toEqual(['binding_mismatch', 'binding_scheme_mismatch']);
  });

  it.each(['"false"', '"true"', '1', 'null'])(
    'treats active: %s as an outage, not as an answer [RFC7662-2.2-a]',
    async (active) => {
      const api = await anIntrospectingApi(framework);
      api.endpoint.answer(json(`{"active":${active},"exp":${NOW + 600}}`));
      for (const token of ['a', 'b']) {
        expect(await api.call(token)).toMatchObject({ status: 503, challenge: '' });
      }
      expect(api.told()).toEqual(['malformed']);
      expect((await api.call('c')).retryAfter).toMatch(/^\d+$/);
    },
  );

  it.each(['[]', 'null', '{}', '"active"'])('treats %s as an outage', async (text) => {
    const api = await anIntrospectingApi(framework);
    api.endpoint.answer(json(text));
    expect((await api.call('a')).status).toBe(503);
    expect(api.told()).toEqual(['malformed']);
  });

  it.each([
    ['a refresh token, which has no token_type', without('token_type'), 'type_not_accepted'],
    ['an ID token', { ...ACTIVE_USER, at_hash: 'x' }, 'type_not_accepted'],
    [
      'a refresh token by token_use',
      { ...ACTIVE_USER, token_use: 'refresh_token' },
      'type_not_accepted',
    ],
    ['a token of another type', { ...ACTIVE_USER, token_type: 'N_A' }, 'type_not_accepted'],
    ['exp as text', { ...ACTIVE_USER, exp: String(NOW + 600) }, 'claim_malformed'],
    ['no exp', without('exp'), 'claim_missing'],
    ['exp beyond the tolerance', { ...ACTIVE_USER, exp: NOW - 5 }, 'expired'],
    ['nbf to come', { ...ACTIVE_USER, nbf: NOW + 6 }, 'not_yet_valid'],
    ['no aud', without('aud'), 'claim_missing'],
    [
      'aud of another API',
      { ...ACTIVE_USER, aud: ['https://other.example.com'] },
      'audience_mismatch',
    ],
    ['aud that is an object', { ...ACTIVE_USER, aud: {} }, 'claim_malformed'],
    [
      'iss of another tenant',
      { ...ACTIVE_USER, iss: 'https://other.example.com' },
      'issuer_unknown',
    ],
    ['iss that is a number', { ...ACTIVE_USER, iss: 7 }, 'claim_malformed'],
    ['auth_time as text', { ...ACTIVE_USER, auth_time: '2027-01-15T08:00:00Z' }, 'claim_malformed'],
    ['sub that is the client', { ...ACTIVE_USER, sub: 'web-app' }, 'principal_ambiguous'],
    ['no sub, but a user’s claims', { ...without('sub'), email: 'a@b.c' }, 'principal_ambiguous'],
    ['a key binding under Bearer', { ...ACTIVE_USER, cnf: { jkt: 'k' } }, 'type_not_accepted'],
    ['DPoP without a key', { ...ACTIVE_USER, token_type: 'DPoP' }, 'type_not_accepted'],
    [
      'a binding that nobody checks',
      { ...ACTIVE_USER, cnf: { 'x5t#S256': 'x' } },
      'sender_constraint_unsupported',
    ],
    ['active: false', { ...ACTIVE_USER, active: false }, 'token_inactive'],
  ])('refuses %s with 401 [RFC7662-2.2-b]', async (_name, answer, reason) => {
    const api = await anIntrospectingApi(framework);
    api.endpoint.answer(answer);
    const { status, challenge } = await api.call('opaque');
    expect({ status, reasons: api.reasons() }).toEqual({ status: 401, reasons: [reason] });
    expect(challenge).toContain('error="invalid_token"');
    expect(api.told()).toEqual([]);
  });

  it.each([
    ['exp within the tolerance', { ...ACTIVE_USER, exp: NOW - 4 }],
    ['a fraction of a second', { ...ACTIVE_USER, exp: NOW + 600.5 }],
    [
      'ours as one of several audiences',
      { ...ACTIVE_USER, aud: ['https://x.example.com', AUDIENCE] },
    ],
    ['a token_type in another case', { ...ACTIVE_USER, token_type: 'bearer' }],
    [
      'members that nobody knows',
      { ...ACTIVE_USER, 'https://x/y': [1], __proto__: { scope: 'admin' } },
    ],
  ])('accepts %s', async (_name, answer) => {
    const api = await anIntrospectingApi(framework);
    api.endpoint.answer(answer);
    expect(await api.call('opaque')).toMatchObject({
      status: 200,
      body: { kind: 'user', userId: 'dana', scopes: ['parcels:read'] },
    });
  });

  it('notices a revocation at the server when the cached answer is too old, and not before', async () => {
    const api = await anIntrospectingApi(framework, {
      introspection: { cache: { activeForSec: 30 } },
    });
    api.endpoint.answer(ACTIVE_USER);
    expect((await api.call('opaque')).status).toBe(200);
    api.endpoint.answer({ active: false });
    api.clock.advance(29_999);
    expect((await api.call('opaque')).status).toBe(200);
    api.clock.advance(1);
    expect((await api.call('opaque')).status).toBe(401);
    expect(api.endpoint.questions).toHaveLength(2);
  });

  it('does not let an answer outlive exp, also if the clock was set back [RFC7662-4-a]', async () => {
    const api = await anIntrospectingApi(framework);
    api.endpoint.answer({ ...ACTIVE_USER, exp: NOW + 3 });
    expect((await api.call('opaque')).status).toBe(200);
    api.clock.advanceSec(8);
    expect((await api.call('opaque')).status).toBe(401);
    api.endpoint.answer({ active: false });
    api.clock.advanceSec(-3_600);
    expect((await api.call('opaque')).status).toBe(401);
    expect(api.reasons()).toEqual(['expired', 'token_inactive']);
  });

  it('asks again when the clock was set back, since an answer from the future does not count', async () => {
    const api = await anIntrospectingApi(framework);
    api.endpoint.answer(ACTIVE_USER);
    await api.call('opaque');
    api.endpoint.answer({ active: false });
    api.clock.advanceSec(-60);
    expect((await api.call('opaque')).status).toBe(401);
  });

  it('uses cached answers during an outage, then answers 503, and recovers by itself', async () => {
    const api = await anIntrospectingApi(framework);
    api.endpoint.answer(ACTIVE_USER);
    api.endpoint.answerAbout('revoked', { active: false });
    expect((await api.call('known')).status).toBe(200);
    expect((await api.call('revoked')).status).toBe(401);
    api.endpoint.answer(answering(503, 'down', { 'retry-after': '7' }));
    api.endpoint.answerAbout('revoked', answering(503));
    expect((await api.call('known')).status).toBe(200);
    expect((await api.call('revoked')).status).toBe(401);
    expect(await api.call('new')).toMatchObject({ status: 503, retryAfter: '7', challenge: '' });
    api.clock.advanceSec(31);
    expect((await api.call('known')).status).toBe(503);
    api.endpoint.answer(ACTIVE_USER);
    api.clock.advanceSec(60);
    expect((await api.call('known')).status).toBe(200);
    expect((await api.call('new')).status).toBe(200);
    expect(api.told()).toEqual(['status', 'introspection.recovered']);
  });

  it.each([
    ['401 and nothing', answering(401)],
    ['401 and text', answering(401, 'no', { 'content-type': 'text/plain' })],
    ['403 and HTML', answering(403, '<html>', { 'content-type': 'text/html' })],
    ['401 invalid_client', answering(401, '{"error":"invalid_client"}')],
    ['400 invalid_client', answering(400, '{"error":"invalid_client"}')],
  ])(
    'answers 503 when the server refuses our credentials: %s [RFC7662-2.3-a]',
    async (_name, answer) => {
      const api = await anIntrospectingApi(framework);
      api.endpoint.answer(answer);
      for (const token of ['a', 'b', 'c']) expect((await api.call(token)).status).toBe(503);
      expect(api.told()).toEqual(['unauthorized']);
      // It is up: every request asks it, and the first that it answers is served.
      expect(api.endpoint.questions).toHaveLength(3);
    },
  );

  it.each([
    ['400 unsupported_token_type', answering(400, '{"error":"unsupported_token_type"}')],
    ['401 invalid_token in the body', answering(401, '{"error":"invalid_token"}')],
    [
      '401 invalid_token in the challenge',
      answering(401, '', { 'www-authenticate': 'Bearer error="invalid_token"' }),
    ],
  ])('treats %s as a statement about the token', async (_name, answer) => {
    const api = await anIntrospectingApi(framework);
    api.endpoint.answer(answer);
    for (const token of ['a', 'b', 'c']) expect((await api.call(token)).status).toBe(401);
    expect(api.told()).toEqual([]);
    api.endpoint.answer(ACTIVE_USER);
    expect((await api.call('good')).status).toBe(200);
  });

  it('treats 400 invalid_request as an outage', async () => {
    const api = await anIntrospectingApi(framework);
    api.endpoint.answer(answering(400, '{"error":"invalid_request"}'));
    expect((await api.call('a')).status).toBe(503);
  });

  it('does not follow a redirect, so the token is not sent elsewhere', async () => {
    const other = await anIntrospectionEndpoint();
    other.answer(ACTIVE_USER);
    const api = await anIntrospectingApi(framework);
    for (const status of [302, 303, 307, 308]) {
      api.endpoint.answer(answering(status, '', { location: other.url }));
      expect((await api.call(`token-${status}`)).status).toBe(503);
    }
    expect(other.questions).toEqual([]);
    expect(new Set(api.told())).toEqual(new Set(['redirect']));
  });

  it('sends no JWT, whatever its header says, and nothing that is not a token68', async () => {
    const api = await anIntrospectingApi(framework);
    api.endpoint.answer(ACTIVE_USER);
    const none = `${Buffer.from('{"alg":"none"}').toString('base64url')}.e30.`;
    const odd = `${Buffer.from('{"alg":7}').toString('base64url')}.e30.x`;
    for (const token of [none, odd, aUserToken({ iss: 'https://other.example.com' })]) {
      expect((await api.call(token)).status).toBe(401);
    }
    for (const token of ['a"b', 'a b', 'a,b', 'a=b']) {
      expect((await api.call(token)).status).toBe(400);
    }
    expect((await api.call('x'.repeat(4_097))).status).toBe(401);
    expect(api.endpoint.questions).toEqual([]);
    for (const token of [
      'Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU',
      'a.b.c.d.e',
      'x'.repeat(4_096),
    ]) {
      expect((await api.call(token)).status).toBe(200);
    }
    expect(api.endpoint.questions).toHaveLength(3);
  });

  it('verifies JWTs next to opaque tokens as before, without asking', async () => {
    const api = await anIntrospectingApi(framework);
    const { issuer } = api.endpoint;
    expect(await api.call(aUserToken({ iss: issuer }))).toMatchObject({
      status: 200,
      body: { kind: 'user', userId: 'ada', source: 'jwt' },
    });
    expect(api.endpoint.questions).toEqual([]);
  });

  it('sends a token only to its own issuer, and to none if the issuer is not known', async () => {
    const first = await anIntrospectionEndpoint();
    const second = await anIntrospectionEndpoint();
    const client = clientSecretBasic(CLIENT_ID, 'secret');
    const entry = (issuer: string, prefixes: readonly string[]) => ({
      ...oidcProvider({ issuer, jwks, subjectNamespaces: 'disjoint' }),
      audience: AUDIENCE,
      introspection: {
        client,
        matches: (token: string) => prefixes.some((prefix) => token.startsWith(prefix)),
      },
    });
    const server = aResourceServer({
      issuers: [entry(first.issuer, ['a_', 'ab_']), entry(second.issuer, ['b_', 'ab_'])],
    });
    for (const endpoint of [first, second]) endpoint.answer(ACTIVE_USER);
    const app = protectedApp(framework, { server });
    const statuses = [];
    for (const token of ['a_1', 'b_1', 'ab_1', 'c_1']) {
      statuses.push((await send(app, { token })).status);
    }
    expect(statuses).toEqual([200, 200, 401, 401]);
    expect([first.tokens, second.tokens]).toEqual([['a_1'], ['b_1']]);
  });

  it('serves known callers during a flood of made-up tokens', async () => {
    const api = await anIntrospectingApi(framework, { introspection: { maxConcurrent: 4 } });
    api.endpoint.answerAbout('good', ACTIVE_USER);
    expect((await api.call('good')).status).toBe(200);
    let release = () => {};
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    api.endpoint.answer(async (_question, response) => {
      await gate;
      response.end('{"active":false}');
    });
    const flood = Array.from({ length: 40 }, (_, index) => api.call(`junk-${index}`));
    const done = Promise.all(flood);
    await Promise.race([...flood]);
    api.clock.advanceSec(31);
    // Its answer is old, so it is asked about beside the flood: half of the places are for such.
    expect((await api.call('good')).status).toBe(200);
    release();
    const statuses = (await done).map(({ status }) => status);
    expect(statuses.filter((status) => status === 503).length).toBeGreaterThan(30);
    expect(api.endpoint.mostOpen).toBeLessThanOrEqual(3);
    expect(api.reasons()).toContain('introspection_overloaded');
    api.endpoint.answer({ active: false });
    expect((await api.call('another')).status).toBe(401);
  });

  it('still works with a server that answers 500 to tokens that it does not know', async () => {
    const api = await anIntrospectingApi(framework);
    api.endpoint.answerAbout('good', ACTIVE_USER);
    api.endpoint.answerAbout('fresh', ACTIVE_USER);
    api.endpoint.answer(answering(500));
    expect((await api.call('good')).status).toBe(200);
    for (let index = 0; index < 20; index++) {
      expect((await api.call(`junk-${index}`)).status).toBe(503);
    }
    expect((await api.call('fresh')).status).toBe(200);
    // Long after the last answer, strangers may shut out strangers for a second: never a caller.
    api.clock.advanceSec(60);
    expect((await api.call('junk-a')).status).toBe(503);
    expect((await api.call('junk-b')).status).toBe(503);
    expect((await api.call('good')).status).toBe(200);
    expect((await api.call('fresh')).status).toBe(200);
  });

  it('gives one answer to all requests that wait for it, even if one gives up', async () => {
    const api = await anIntrospectingApi(framework);
    let release = () => {};
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    let asked = () => {};
    const reached = new Promise<void>((resolve) => {
      asked = resolve;
    });
    api.endpoint.answer(async (_question, response) => {
      asked();
      await gate;
      response.end(JSON.stringify(ACTIVE_USER));
    });
    const callers = Array.from({ length: 50 }, () => api.server.verify('opaque'));
    await reached;
    release();
    expect(await Promise.all(callers)).toHaveLength(50);
    expect(api.endpoint.questions).toHaveLength(1);
  });

  it('accepts no other JWT as an access token: neither a signed answer nor Keycloak’s jwt [RFC9701-8.1-a]', async () => {
    const api = await anIntrospectingApi(framework);
    const { issuer } = api.endpoint;
    const header = { alg: 'ES256', kid: issuerKey.kid, typ: 'token-introspection+jwt' };
    const answer = compactJws(header, { iss: issuer, aud: AUDIENCE, exp: NOW + 60 }, issuerKey);
    expect((await api.call(answer)).status).toBe(401);
    api.endpoint.answer({ ...ACTIVE_USER, jwt: 'a-whole-access-token' });
    const { body } = await api.call('opaque');
    expect(JSON.stringify(body)).not.toContain('a-whole-access-token');
    expect(JSON.stringify(await api.server.explain('opaque', { reveal: ['jwt'] }))).not.toContain(
      'a-whole-access-token',
    );
  });

  it('accepts an answer without aud with audience: trusted, but not one that names another API', async () => {
    const api = await anIntrospectingApi(framework, { introspection: { audience: 'trusted' } });
    api.endpoint.answerAbout('without', without('aud'));
    api.endpoint.answerAbout('other', { ...ACTIVE_USER, aud: 'https://other.example.com' });
    expect((await api.call('without')).status).toBe(200);
    expect((await api.call('other')).status).toBe(401);
  });

  it('reads how the user signed in from the answer [RFC9470-6.2-a]', async () => {
    const api = await anIntrospectingApi(framework);
    api.endpoint.answer({ ...ACTIVE_USER, acr: 'phr', auth_time: NOW - 5, amr: ['hwk'] });
    expect((await api.call('opaque')).body).toMatchObject({
      authentication: { acr: 'phr', time: NOW - 5, amr: ['hwk'] },
    });
  });
});

describe.each(frameworks)('shared answers in $name', (framework) => {
  function aStore() {
    const entries = new Map<string, Uint8Array>();
    const lives: number[] = [];
    const store: IntrospectionStore = {
      get: async (id) => entries.get(id),
      set: async (id, bytes, ttlMs) => {
        entries.set(id, bytes);
        lives.push(ttlMs);
      },
    };
    return { store, entries, lives };
  }
  const secret = 'a secret of thirty-two bytes or more';

  it('serve another process without a question to the server, and show neither token nor claim', async () => {
    const { store, entries, lives } = aStore();
    const endpoint = await anIntrospectionEndpoint();
    endpoint.answer({ ...ACTIVE_USER, jwt: 'secret-jwt' });
    const process = () =>
      aResourceServer({
        issuer: oidcProvider({ issuer: endpoint.issuer, jwks, subjectNamespaces: 'disjoint' }),
        introspection: {
          client: clientSecretBasic(CLIENT_ID, 's'),
          cache: { store, secrets: [secret] },
        },
      });
    for (let index = 0; index < 2; index++) {
      const answer = await send(protectedApp(framework, { server: process() }), {
        token: 'opaque-1',
      });
      expect(answer.status).toBe(200);
    }
    expect(endpoint.questions).toHaveLength(1);
    expect(lives).toEqual([30_000]);
    const dump = [...entries].map(
      ([id, bytes]) => `${id} ${Buffer.from(bytes).toString('latin1')}`,
    );
    expect(dump.join()).not.toMatch(/opaque-1|dana|parcels|secret-jwt|web-app/);
  });

  it('count as absent when they are damaged, of another issuer or client, or sealed by somebody else', async () => {
    const { store, entries } = aStore();
    const endpoint = await anIntrospectionEndpoint();
    endpoint.answer(ACTIVE_USER);
    const call = async (secrets: readonly [string], client: string, token = 'opaque') => {
      const server = aResourceServer({
        issuer: oidcProvider({ issuer: endpoint.issuer, jwks, subjectNamespaces: 'disjoint' }),
        introspection: { client: clientSecretBasic(client, 's'), cache: { store, secrets } },
      });
      return (await send(protectedApp(framework, { server }), { token })).status;
    };
    await call([secret], CLIENT_ID);
    const [[id, good] = ['', new Uint8Array()]] = entries;
    endpoint.answer({ active: false });
    expect(await call([secret], CLIENT_ID)).toBe(200);
    expect(await call(['another secret of thirty-two bytes!!'], CLIENT_ID)).toBe(401);
    expect(await call([secret], 'another-client')).toBe(401);
    expect(await call([secret], CLIENT_ID, 'another-token')).toBe(401);
    for (const bad of [
      good.slice(0, -1),
      good.map((byte, at) => (at === 20 ? byte ^ 1 : byte)),
      new Uint8Array(),
      good.slice(0, 12),
    ]) {
      entries.set(id, bad);
      expect(await call([secret], CLIENT_ID)).toBe(401);
    }
  });
});

describe.each(frameworks)('signed answers in $name', (framework) => {
  const setUp = (extra = {}) =>
    anIntrospectingApi(framework, { introspection: { signed: true, ...extra } });
  const sign = (payload: object, header: object = {}, signer = issuerKey) =>
    compactJws(
      { alg: 'ES256', kid: issuerKey.kid, typ: 'token-introspection+jwt', ...header },
      { ...payload },
      signer,
    );
  const signed = (jwt: string, type = 'application/token-introspection+jwt'): EndpointAnswer =>
    answering(200, jwt, { 'content-type': type });

  it('are asked for, and their token_introspection is the answer [RFC9701-4-a] [RFC9701-5-a]', async () => {
    const api = await setUp();
    const payload = { iss: api.endpoint.issuer, aud: CLIENT_ID, iat: NOW };
    api.endpoint.answer(
      signed(
        sign({ ...payload, active: false, token_introspection: ACTIVE_USER }),
        'Application/Token-Introspection+JWT; charset=utf-8',
      ),
    );
    expect((await api.call('opaque')).status).toBe(200);
    expect(api.endpoint.questions[0]?.headers.accept).toBe('application/token-introspection+jwt');
    api.endpoint.answer(signed(sign({ ...payload, token_introspection: { active: false } })));
    expect((await api.call('revoked')).status).toBe(401);
  });

  it.each([
    ['active at the top level only', { active: true }, {}],
    ['another audience', { aud: 'another-client', token_introspection: ACTIVE_USER }, {}],
    ['another issuer', { iss: 'https://x.example.com', token_introspection: ACTIVE_USER }, {}],
    ['the type of any JWT', { token_introspection: ACTIVE_USER }, { typ: 'JWT' }],
    ['the type of an access token', { token_introspection: ACTIVE_USER }, { typ: 'at+jwt' }],
    ['no algorithm', { token_introspection: ACTIVE_USER }, { alg: 'none' }],
    ['no iat', { iat: undefined, token_introspection: ACTIVE_USER }, {}],
    ['an iat of long ago', { iat: NOW - 61, token_introspection: ACTIVE_USER }, {}],
    ['an iat to come', { iat: NOW + 6, token_introspection: ACTIVE_USER }, {}],
    ['exp in the past', { exp: NOW - 10, token_introspection: ACTIVE_USER }, {}],
    ['a list in the place of the answer', { token_introspection: [ACTIVE_USER] }, {}],
  ])('with %s are an outage [RFC9701-5-b]', async (_name, claims, header) => {
    const api = await setUp();
    const payload = { iss: api.endpoint.issuer, aud: CLIENT_ID, iat: NOW, ...claims };
    api.endpoint.answer(signed(sign(payload, header)));
    expect((await api.call('opaque')).status).toBe(503);
    expect(api.told()).toEqual(['malformed']);
  });

  it('that are not signed are refused, with a cause of their own', async () => {
    const api = await setUp();
    api.endpoint.answer(ACTIVE_USER);
    expect((await api.call('opaque')).status).toBe(503);
    expect(api.told()).toEqual(['not_signed']);
  });
});

describe.each(frameworks)('JWTs that the server is asked about, in $name', (framework) => {
  const claims = (issuer: string) => ({ iss: issuer, sub: 'ada', client_id: 'web-app' });

  it('are verified here and confirmed there', async () => {
    const api = await anIntrospectingApi(framework, { introspection: { jwts: 'confirm' } });
    const token = aUserToken(claims(api.endpoint.issuer));
    api.endpoint.answer({ active: true });
    expect(await api.call(token)).toMatchObject({
      status: 200,
      body: { userId: 'ada', source: 'jwt' },
    });
    expect(
      (await api.call(aUserToken({ ...claims(api.endpoint.issuer), exp: NOW - 60 }))).status,
    ).toBe(401);
    expect(api.endpoint.tokens).toEqual([token]);
    api.endpoint.answer({ active: false });
    api.clock.advanceSec(30);
    expect((await api.call(token)).status).toBe(401);
  });

  it.each([
    ['sub', { sub: 'eve' }],
    ['client_id', { client_id: 'other' }],
    ['iss', { iss: 'https://other.example.com' }],
    ['sub', { sub: null }],
    // Without it, a thief of the JWT could use it without the key.
    ['cnf', { cnf: { jkt: 'k' } }],
    ['cnf', { cnf: null }],
  ])('are refused when the answer has another %s', async (_name, answer) => {
    const api = await anIntrospectingApi(framework, { introspection: { jwts: 'confirm' } });
    api.endpoint.answer({ active: true, ...answer });
    expect((await api.call(aUserToken(claims(api.endpoint.issuer)))).status).toBe(401);
  });

  it.each(['confirm', 'answer'] as const)(
    'are refused when the answer binds them to another key (%s)',
    async (jwts) => {
      const api = await anIntrospectingApi(framework, {
        introspection: { jwts },
        options: { dpop: { publicUrls: AUDIENCE } },
      });
      const active = { ...ACTIVE_USER, client_id: 'web-app', token_type: 'DPoP' };
      const same = { sub: 'ada', cnf: { jkt: 'k' } };
      const token = aUserToken({ ...claims(api.endpoint.issuer), ...same });
      const reasonFor = async (answer: object) => {
        api.endpoint.answer({ ...active, ...answer });
        api.clock.advanceSec(31);
        await api.call(token, 'DPoP');
        return api.reasons().at(-1);
      };
      expect(await reasonFor({ ...same, cnf: { jkt: 'l' } })).toBe('claim_malformed');
      expect(await reasonFor(same)).toBe('proof_missing');
    },
  );

  it.each([
    [
      'jti',
      async (store: Revocations, issuer: string) => store.revokeToken({ issuer, tokenId: 't' }),
    ],
    [
      'sid',
      async (store: Revocations, issuer: string) => store.revokeSession({ issuer, sessionId: 's' }),
    ],
  ] as const)(
    'are refused when revoked by their %s, which the answer lacks',
    async (_name, revoke) => {
      const store = memoryRevocations({ clock: aClock() });
      const api = await anIntrospectingApi(framework, {
        introspection: { jwts: 'answer' },
        options: { revocation: { store } },
      });
      api.endpoint.answer(ACTIVE_USER);
      const token = aUserToken({ ...claims(api.endpoint.issuer), jti: 't', sid: 's' });
      expect((await api.call(token)).status).toBe(200);
      await revoke(store, api.endpoint.issuer);
      // Once from the cache, once read again.
      for (const later of [0, 31]) {
        api.clock.advanceSec(later);
        expect((await api.call(token)).status).toBe(401);
        expect(api.reasons().at(-1)).toBe('token_revoked');
      }
    },
  );

  it('cause an outage if the server does not introspect JWTs', async () => {
    const api = await anIntrospectingApi(framework, { introspection: { jwts: 'confirm' } });
    api.endpoint.answer(answering(400, '{"error":"unsupported_token_type"}'));
    expect((await api.call(aUserToken(claims(api.endpoint.issuer)))).status).toBe(503);
    expect(api.told()).toEqual(['jwts_unsupported']);
  });

  it('are read only from the answer, once signature, iss and exp are verified', async () => {
    const api = await anIntrospectingApi(framework, { introspection: { jwts: 'answer' } });
    const { issuer } = api.endpoint;
    api.endpoint.answer(ACTIVE_USER);
    const light = { sub: undefined, aud: undefined, client_id: undefined, scope: undefined };
    const token = aUserToken({ iss: issuer, ...light });
    expect(await api.call(token)).toMatchObject({
      status: 200,
      body: { userId: 'dana', source: 'introspection', scopes: ['parcels:read'] },
    });
    expect((await api.call(aUserToken({ iss: issuer, ...light, exp: NOW - 60 }))).status).toBe(401);
    expect((await api.call(`${token.slice(0, -4)}AAAA`)).status).toBe(401);
    expect(api.endpoint.tokens).toEqual([token]);
    expect((await api.call(aUserToken({ iss: issuer, ...light, cnf: { jkt: 'k' } }))).status).toBe(
      401,
    );
  });
});

describe('configuration', () => {
  const client = clientSecretBasic(CLIENT_ID, 'secret');
  const issuer = rfc9068('https://as.example.com');
  const server = (options: object) => () => aResourceServer(options);

  it.each([
    [
      'several issuers without matches',
      {
        issuers: ['a', 'b'].map((name) => ({
          ...rfc9068(`https://${name}.example.com`),
          audience: AUDIENCE,
          introspection: { client },
        })),
      },
      'matches: (token)',
    ],
    [
      'issuers that a function finds',
      { issuers: () => undefined, introspection: { client } },
      'issuers: [',
    ],
    [
      'introspection together with a list of issuers',
      { issuers: [{ ...issuer, audience: AUDIENCE }], introspection: { client } },
      'each entry has its own',
    ],
    [
      'a preset without a rule',
      {
        issuer: custom({ issuer: 'https://as.example.com', classify: () => 'user' }),
        audience: AUDIENCE,
        introspection: { client },
      },
      'introspected: { accepts',
    ],
    ['no client', { introspection: {} }, 'clientSecretBasic('],
    [
      'an endpoint over http',
      { introspection: { client, endpoint: 'http://as.example.com/i' } },
      'https URL',
    ],
    [
      'a store without secrets',
      { introspection: { client, cache: { store: { get() {}, set() {} } } } },
      'secrets: [',
    ],
    [
      'a short secret',
      { introspection: { client, cache: { store: { get() {}, set() {} }, secrets: ['short'] } } },
      '32 bytes',
    ],
  ])('refuses %s, and says what to write', (_name, options, line) => {
    expect(server(options)).toThrow(line);
  });

  it('answers 503 when a resolver returns an issuer that introspects', async () => {
    const events: AuthEvent[] = [];
    const entry = { ...rfc9068({ issuer: 'https://as.example.com', jwks }), audience: AUDIENCE };
    const dynamic = aResourceServer({
      issuers: () => ({ ...entry, introspection: { client } }),
      onEvent: (event) => events.push(event),
    });
    await expect(dynamic.verify(aUserToken())).rejects.toMatchObject({
      status: 503,
      cause: { name: 'ConfigurationError' },
    });
  });
});
