import { keycloak } from '@authly/core/providers';
import { compactJws, generateTestKey, testIssuer } from '@authly/testing';
import { createApp } from '@authly-examples/signals-api';
import supertest from 'supertest';
import { describe, expect, it } from 'vitest';
import { runExample } from './child.ts';

const ISSUER = 'https://sso.acme.com/realms/acme';
const AUDIENCE = 'orders';
const AUTHORIZATION = 'Bearer the-secret-of-the-stream';
const key = generateTestKey('RS256', 'signals-1');
const realm = testIssuer({ like: 'keycloak', issuer: ISSUER, audience: AUDIENCE });
const jwks = { keys: [...realm.jwks.keys, key.publicJwk] };
const now = Math.floor(Date.now() / 1_000);

function signed(typ: string, claims: object): string {
  return compactJws(
    { alg: 'RS256', kid: 'signals-1', typ },
    { iss: ISSUER, iat: now, ...claims },
    key,
  );
}

function anExample({ withStream = true } = {}) {
  const told: string[] = [];
  const app = createApp({
    issuer: keycloak({ issuer: ISSUER, jwks }),
    audience: AUDIENCE,
    clientId: 'web-app',
    ...(withStream && { stream: { audience: 'ssf-receiver', authorization: AUTHORIZATION } }),
    onSecurityEvent: ({ type }) => told.push(type),
  });
  const api = supertest(app);
  const me = async (sid: string) =>
    (await api.get('/me').auth(realm.aUserToken({ sid, iat: now }), { type: 'bearer' })).status;
  return { api, me, told };
}

describe('examples/signals-api', () => {
  it('ends the tokens of a session that has ended', async () => {
    const { api, me } = anExample();
    expect([await me('s1'), await me('s2')]).toEqual([200, 200]);
    const events = { 'http://schemas.openid.net/event/backchannel-logout': {} };
    const claims = { aud: 'web-app', exp: now + 120, jti: '1', sub: 'ada', sid: 's1', events };
    const form = { logout_token: signed('logout+jwt', claims) };
    await api.post('/signals/logout').type('form').send(form).expect(200);
    expect([await me('s1'), await me('s2')]).toEqual([401, 200]);
  });

  it('revokes what security events say, and reports all other events', async () => {
    const { api, me, told } = anExample();
    const type = 'https://schemas.openid.net/secevent/caep/event-type/session-revoked';
    const user = { format: 'iss_sub', iss: ISSUER, sub: 'ada' };
    const subject = { format: 'complex', user, session: { format: 'opaque', id: 's1' } };
    const claims = { aud: 'ssf-receiver/1', jti: '1', sub_id: subject, events: { [type]: {} } };
    await api
      .post('/signals/events')
      .set('authorization', AUTHORIZATION)
      .set('content-type', 'application/secevent+jwt')
      .send(signed('secevent+jwt', claims))
      .expect(202);
    expect([await me('s1'), await me('s2')]).toEqual([401, 200]);
    expect(told).toEqual([type]);
  });

  it('has no endpoint for events where there is no stream', async () => {
    const { api } = anExample({ withStream: false });
    await api.post('/signals/events').expect(401);
    await api.get('/livez').expect(204);
  });

  it('starts with its own main.ts, and ends when told to', async () => {
    const env = { ISSUER, AUDIENCE, CLIENT_ID: 'web-app', PORT: '0' };
    const stream = { STREAM_CLIENT: 'ssf-receiver', STREAM_AUTHORIZATION: AUTHORIZATION };
    const api = runExample('signals-api', { env: { ...env, ...stream } });
    const [, port] = await api.printed(/port: (\d+)/);
    const response = await fetch(`http://127.0.0.1:${port}/signals/events`, { method: 'POST' });
    expect(response.status).toBe(400);
    api.process.kill('SIGTERM');
    expect((await api.ended).exitCode).toBe(0);
    expect((await runExample('signals-api').ended).stderr).toContain('Set ISSUER');
  }, 30_000);
});
