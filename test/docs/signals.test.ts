import { keycloak } from '@authly/core/providers';
import { compactJws, generateTestKey, testIssuer } from '@authly/testing';
import supertest from 'supertest';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { push } from '../support/signals.ts';

const ISSUER = 'https://sso.acme.com/realms/acme';
const key = generateTestKey('RS256', 'signals-1');
const realm = testIssuer({ like: 'keycloak', issuer: ISSUER, audience: 'orders' });
const jwks = { keys: [...realm.jwks.keys, key.publicJwk] };
const now = Math.floor(Date.now() / 1_000);
const CAEP = 'https://schemas.openid.net/secevent/caep/event-type/';

// The snippets name real providers. Here their addresses are answered in this process.
beforeAll(() => {
  vi.stubGlobal('fetch', async (input: string | URL | Request) =>
    /\/(?:certs|jwks)$/.test(String(input instanceof Request ? input.url : input))
      ? Response.json(jwks)
      : Response.json({ issuer: ISSUER, jwks_uri: `${ISSUER}/certs` }),
  );
  return () => vi.unstubAllGlobals();
});

function signed(typ: string, claims: object): string {
  return compactJws(
    { alg: 'RS256', kid: 'signals-1', typ },
    { iss: ISSUER, iat: now, ...claims },
    key,
  );
}

const anEvent = (type: string, subject: object, claims: object = {}) =>
  signed('secevent+jwt', { jti: type, sub_id: subject, events: { [type]: {} }, ...claims });

/** Answers `/me` for a session of `ada`. */
function statuses(api: ReturnType<typeof supertest>) {
  return async (sid: string) =>
    (await api.get('/me').auth(realm.aUserToken({ sid, sub: 'ada', iat: now }), { type: 'bearer' }))
      .status;
}

describe('the snippet for logouts', () => {
  it('ends the tokens of a session', async () => {
    const { app } = await import('./snippets/signals/logout.ts');
    const api = supertest(app);
    const me = statuses(api);
    expect([await me('s1'), await me('s2')]).toEqual([200, 200]);
    const events = { 'http://schemas.openid.net/event/backchannel-logout': {} };
    const claims = { aud: 'web-app', exp: now + 120, jti: '1', sub: 'ada', sid: 's1', events };
    const form = { logout_token: signed('logout+jwt', claims) };
    await api.post('/logout').type('form').send(form).expect(200);
    expect([await me('s1'), await me('s2')]).toEqual([401, 200]);
  });
});

describe('the snippet of the package', () => {
  it('has an endpoint for logouts before callers are asked for tokens', async () => {
    const { createApp } = await import('./snippets/packages/signals.ts');
    const api = supertest(createApp(keycloak({ issuer: ISSUER, jwks })));
    await api.post('/logout').type('form').send({ logout_token: 'x' }).expect(400);
    await api.get('/').expect(401);
    await api.get('/').auth(realm.aUserToken(), { type: 'bearer' }).expect(404);
  });
});

describe('the snippet for events', () => {
  it('ends the sessions of a user, and queues events for the application', async () => {
    const { app, queue, secretOfTheStream } = await import('./snippets/signals/events.ts');
    const api = supertest(app.callback());
    const me = statuses(api);
    expect(await me('s1')).toBe(200);
    const user = { format: 'iss_sub', iss: ISSUER, sub: 'ada' };
    const all = { format: 'complex', user, session: { format: 'opaque', id: 'ALL' } };
    const send = (jwt: string) =>
      api
        .post('/events')
        .set('authorization', `Bearer ${secretOfTheStream}`)
        .set('content-type', 'application/secevent+jwt')
        .send(jwt);
    const aud = 'ssf-receiver/c32dcb52';
    await send(anEvent(`${CAEP}credential-change`, user, { aud })).expect(202);
    expect(await me('s1')).toBe(200);
    await send(anEvent(`${CAEP}session-revoked`, all, { aud })).expect(202);
    expect([await me('s1'), await me('s2')]).toEqual([401, 401]);
    expect(queue).toEqual([{ type: `${CAEP}credential-change`, subject: user }]);
  });
});

describe('the snippet for subjects that must be looked up', () => {
  it('revokes for subjects that the application knows, of an issuer that the transmitter may revoke for', async () => {
    const { events, revocations } = await import('./snippets/signals/resolve.ts');
    const type = 'https://schemas.openid.net/secevent/risc/event-type/account-disabled';
    const claims = { iss: 'https://idp.partner.com', aud: 'https://orders.acme.com/events' };
    const headers = { authorization: 'Bearer the-secret-of-the-stream' };
    for (const [jti, email] of Object.entries({ a: 'bob@acme.com', b: 'ada@acme.com' })) {
      const jwt = anEvent(type, { format: 'email', email }, { ...claims, jti });
      expect((await push(events, jwt, { headers })).status).toBe(202);
    }
    expect(await revocations.list()).toHaveLength(1);
    const target = { issuer: 'https://acme.eu.auth0.com/', subject: 'auth0|17' };
    expect(await revocations.clear({ kind: 'subject', ...target })).toBe(true);
  });
});
