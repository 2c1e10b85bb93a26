import type { AuthEvent } from '@authly/core';
import { rfc9068 } from '@authly/core/providers';
import { generateTestKey, tampered } from '@authly/testing';
import { describe, expect, it } from 'vitest';
import { protectedApp } from '../support/apps.ts';
import { frameworks } from '../support/frameworks.ts';
import { send } from '../support/requests.ts';
import { aResourceServer, noting } from '../support/resource-servers.ts';
import { aClock, aToken, aUserToken, ISSUER, issuer, NOW } from '../support/tokens.ts';

describe.each(frameworks)('start and end in $name', (framework) => {
  const remote = () => rfc9068({ issuer: ISSUER, jwksUri: `${ISSUER}/jwks` });

  it('nothing is fetched before the first token, unless ready() is called', async () => {
    let requests = 0;
    const fetch = async () => {
      requests += 1;
      return Response.json(issuer.jwks);
    };
    const middleware = framework.authenticate(aResourceServer({ issuer: remote(), fetch }));
    const app = framework.createApp(({ use, route }) => {
      use(middleware);
      route('/', () => 'ok');
    });
    await send(app);
    expect(requests).toBe(0);
    await middleware.resourceServer.ready();
    expect(requests).toBe(1);
    expect((await send(app, { token: aUserToken() })).status).toBe(200);
    expect(requests).toBe(1);
  });

  it('ready() rejects with temporarily_unavailable when the provider is down', async () => {
    const server = aResourceServer({
      issuer: remote(),
      fetch: async () => {
        throw new TypeError('fetch failed');
      },
    });
    await expect(framework.authenticate(server).resourceServer.ready()).rejects.toMatchObject({
      code: 'temporarily_unavailable',
      reason: 'keys_unavailable',
    });
  });

  it('ready() rejects with the reason of its signal', async () => {
    const server = aResourceServer({
      issuer: remote(),
      fetch: () => new Promise<Response>(() => {}),
    });
    const reason = new Error('we stop');
    const controller = new AbortController();
    const ready = server.ready({ signal: controller.signal });
    controller.abort(reason);
    await expect(ready).rejects.toBe(reason);
    server.close();
  });

  it('a token is checked on every request: it ends when it expires, cached or not', async () => {
    for (const cache of [undefined, false] as const) {
      const clock = aClock();
      const server = aResourceServer({ clock, ...(cache === false && { cache }) });
      const app = protectedApp(framework, { server });
      const token = aUserToken({ exp: NOW + 60 });
      expect((await send(app, { token })).status).toBe(200);
      clock.advanceSec(64);
      expect((await send(app, { token })).status).toBe(200);
      clock.advanceSec(1);
      const response = await send(app, { token });
      expect(response.status).toBe(401);
      expect(response.body.error_description).toBe('The access token has expired');
    }
  });

  it('a cached token does not let another token with the same end in', async () => {
    const app = protectedApp(framework);
    const token = aUserToken();
    expect((await send(app, { token })).status).toBe(200);
    expect((await send(app, { token: tampered(token) })).status).toBe(401);
    expect((await send(app, { token })).status).toBe(200);
  });

  it('close() empties the cache; keys that are loaded stay in use', async () => {
    const events: AuthEvent[] = [];
    const server = aResourceServer({
      issuer: remote(),
      fetch: async () => Response.json(issuer.jwks),
      onEvent: noting(events),
    });
    const app = protectedApp(framework, { server });
    const token = aUserToken();
    await send(app, { token });
    await send(app, { token });
    server.close();
    expect((await send(app, { token })).status).toBe(200);
    expect(events.map((event) => 'cached' in event && event.cached)).toEqual([false, true, false]);
  });

  it('two servers do not share verified tokens', async () => {
    const token = aUserToken();
    expect((await send(protectedApp(framework), { token })).status).toBe(200);
    const other = aResourceServer({ audience: 'urn:other' });
    expect((await send(protectedApp(framework, { server: other }), { token })).status).toBe(401);
  });
});

describe('explain', () => {
  it('shows every step of a valid token, and hides values that reveal does not name', async () => {
    const token = aUserToken({ email: 'ada@example.com' });
    const explanation = await aResourceServer().explain(token, { reveal: ['iss', 'exp'] });
    expect(explanation).toMatchObject({
      accepted: true,
      kind: 'user',
      issuerName: ISSUER,
      rule: 'sub is not client_id, and no mark of a client is there',
      header: { alg: 'ES256', typ: 'at+jwt' },
      claims: { iss: ISSUER, exp: NOW + 600, email: '[hidden string]', sub: '[hidden string]' },
    });
    expect(explanation.steps.map(({ step, outcome }) => `${step} ${outcome}`)).toEqual([
      'token pass',
      'issuer pass',
      'key pass',
      'signature pass',
      'claims pass',
      'principal pass',
      'sender_constraint pass',
    ]);
    expect(JSON.stringify(explanation)).not.toContain('ada');
  });

  it.each([
    ['opaque', 'token', 'token_malformed'],
    [aUserToken({ iss: 'https://evil.example' }), 'issuer', 'issuer_unknown'],
    [aToken({}, { key: generateTestKey('ES256', 'unknown') }), 'key', 'key_unknown'],
    [tampered(aUserToken()), 'signature', 'signature_invalid'],
    [aUserToken({ aud: 'urn:other' }), 'claims', 'audience_mismatch'],
    [aUserToken({ gty: 'client-credentials' }), 'principal', 'principal_ambiguous'],
    [aUserToken({ cnf: {} }), 'sender_constraint', 'sender_constraint_unsupported'],
  ])('names the step at which a bad token stops (%#)', async (token, step, reason) => {
    const explanation = await aResourceServer().explain(token);
    expect(explanation.accepted).toBe(false);
    expect(explanation.steps.filter(({ outcome }) => outcome === 'fail')).toEqual([
      expect.objectContaining({ step, reason }),
    ]);
    const failed = explanation.steps.findIndex(({ outcome }) => outcome === 'fail');
    expect(
      explanation.steps.slice(failed + 1).every(({ outcome }) => outcome === 'not_reached'),
    ).toBe(true);
  });

  it('makes no bad token valid, and caches no good one', async () => {
    const events: AuthEvent[] = [];
    const server = aResourceServer({ onEvent: noting(events) });
    const token = aUserToken();
    await server.explain(token);
    await server.verify(token);
    expect(events).toMatchObject([{ type: 'request.authenticated', cached: false }]);
  });
});

describe('verify, without a request', () => {
  it('gives the principal, or throws what authenticate would answer', async () => {
    const server = aResourceServer();
    expect(await server.verify(aUserToken())).toMatchObject({ kind: 'user', userId: 'ada' });
    const verify = async (token: string) => server.verify(token);
    await expect(verify('')).rejects.toMatchObject({ code: 'invalid_token' });
    await expect(verify('Bearer x')).rejects.toMatchObject({ code: 'invalid_token' });
    await expect(verify(aUserToken({ exp: NOW - 60 }))).rejects.toMatchObject({
      reason: 'expired',
    });
    await expect(verify(aUserToken({ cnf: { jkt: 'x' } }))).rejects.toMatchObject({
      reason: 'sender_constraint_unsupported',
    });
  });

  it('always gives a promise, so that a forgotten await is noticed', () => {
    const server = aResourceServer();
    const view = { method: 'GET', url: '/', header: () => `Bearer ${aUserToken()}` };
    for (let times = 0; times < 3; times++) {
      expect(server.verify(aUserToken())).toBeInstanceOf(Promise);
      expect(server.authenticate(view)).toBeInstanceOf(Promise);
      expect(server.authenticateOptional(view)).toBeInstanceOf(Promise);
    }
  });
});
