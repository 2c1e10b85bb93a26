import { memoryRevocations, type ResourceServer } from '@authly/core';
import { backChannelLogout, securityEvents } from '@authly/signals';
import { tampered } from '@authly/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { type Framework, frameworks, type TestApp } from '../support/frameworks.ts';
import { send } from '../support/requests.ts';
import { aResourceServer } from '../support/resource-servers.ts';
import {
  ADA,
  AUTHORIZATION,
  aLogoutToken,
  anEvent,
  anEventOf,
  anIssuer,
  aTransmitter,
  CAEP,
  CLIENT_ID,
  EVENT_CLAIMS,
  LOGOUT_CLAIMS,
  RECEIVER,
} from '../support/signals.ts';
import {
  AUDIENCE,
  aClientToken,
  aClock,
  aToken,
  aUserToken,
  generateTestKey,
  ISSUER,
  issuerKey,
  NOW,
} from '../support/tokens.ts';

const servers: ResourceServer<unknown>[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

// Row 29: events and logout tokens are no access tokens, nor the other way round, and an attacker
// who forges, repeats or misaddresses them revokes nothing.

const OTHER = 'https://other.example.com';
const otherKey = generateTestKey('ES256', 'other');
const forger = generateTestKey('ES256', issuerKey.kid);
const victim = aUserToken({ iat: NOW - 10, sid: 's1' });

const EVENTS: readonly (readonly [name: string, jwt: string, authorization?: string])[] = [
  ['signed by another key', anEvent({}, {}, forger)],
  ['signed by another transmitter, in its stream', anEvent({}, {}, otherKey), 'Bearer other'],
  ['unsigned', anEvent({}, { alg: 'none' })],
  ['signed with the public key as a secret', anEvent({}, { alg: 'HS256' })],
  ['with its signature changed', tampered(anEvent())],
  ['for another receiver', anEvent({ aud: OTHER })],
  ['for the API itself', anEvent({ aud: AUDIENCE })],
  ['of another issuer', anEvent({ iss: OTHER })],
  ['that is an access token', aToken()],
  ['that is an access token with events', aToken({ events: EVENT_CLAIMS.events })],
  ['that is a logout token', aLogoutToken({ aud: RECEIVER })],
  ['that is an event of type JWT', anEvent({}, { typ: 'JWT' })],
  ['with sub, as an ID token has', anEvent({ sub: 'ada' })],
  ['without the Authorization of the stream', anEvent(), ''],
  ['with the Authorization of another stream', anEvent(), 'Bearer other'],
  [
    'of another transmitter about our user',
    anEvent({ iss: OTHER, aud: RECEIVER }, {}, otherKey),
    'Bearer other',
  ],
  [
    'of a user in another tenant',
    anEventOf(`${CAEP}session-revoked`, {
      format: 'complex',
      user: ADA,
      tenant: { format: 'opaque', id: 'other' },
    }),
  ],
  ['of another user', anEventOf(`${CAEP}session-revoked`, { ...ADA, sub: 'Ada' })],
  [
    'of another issuer’s user of that name',
    anEventOf(`${CAEP}session-revoked`, { ...ADA, iss: `${ISSUER}/` }),
  ],
  [
    'of a time before the token was issued',
    anEvent({ events: { [`${CAEP}session-revoked`]: { event_timestamp: NOW - 11 } } }),
  ],
];

const LOGOUTS: readonly (readonly [name: string, jwt: string, status?: number])[] = [
  ['signed by another key', aLogoutToken({}, {}, forger)],
  ['unsigned', aLogoutToken({}, { alg: 'none' })],
  ['with its signature changed', tampered(aLogoutToken())],
  ['for another client', aLogoutToken({ aud: 'other' })],
  ['for the API', aLogoutToken({ aud: AUDIENCE })],
  ['of another issuer', aLogoutToken({ iss: OTHER })],
  ['with a nonce', aLogoutToken({ nonce: 'n' })],
  ['that is an ID token', aLogoutToken({ nonce: 'n', events: undefined }, { typ: 'JWT' })],
  ['that is an access token for the client', aToken({ aud: CLIENT_ID, sid: 's1' })],
  ['that is a security event', anEvent({ aud: CLIENT_ID })],
  ['of nobody', aLogoutToken({ sub: undefined, sid: undefined })],
  ['without exp, an hour ago', aLogoutToken({ exp: undefined, iat: NOW - 3_600 })],
  ['that has expired', aLogoutToken({ exp: NOW - 60 })],
  ['of another session', aLogoutToken({ sid: 's2' }), 200],
];

describe.each(frameworks)('in $name', (framework) => {
  it.each(EVENTS)('an event %s revokes nothing', async (_name, jwt, authorization) => {
    const app = anApi(framework);
    const response = await send(app, { method: 'post', path: '/events' })
      .set('authorization', authorization ?? AUTHORIZATION)
      .set('content-type', 'application/secevent+jwt')
      .send(jwt);
    expect(response.status).toBeOneOf([202, 400]);
    expect(response.text).not.toContain('ada');
    expect((await send(app, { token: victim })).status).toBe(200);
  });

  it.each(LOGOUTS)(
    'a logout token %s revokes nothing of another user',
    async (_name, jwt, status = 400) => {
      const app = anApi(framework);
      const response = await send(app, { method: 'post', path: '/logout' })
        .type('form')
        .send({ logout_token: jwt });
      expect(response.status).toBe(status);
      expect((await send(app, { token: victim })).status).toBe(200);
    },
  );

  it('a good event and a good logout token revoke', async () => {
    const byEvent = anApi(framework);
    await send(byEvent, { method: 'post', path: '/events' })
      .set('authorization', AUTHORIZATION)
      .set('content-type', 'application/secevent+jwt')
      .send(anEvent());
    expect((await send(byEvent, { token: victim })).status).toBe(401);
    const byLogout = anApi(framework);
    await send(byLogout, { method: 'post', path: '/logout' })
      .type('form')
      .send({ logout_token: aLogoutToken() });
    expect((await send(byLogout, { token: victim })).status).toBe(401);
    expect((await send(byLogout, { token: aClientToken() })).status).toBe(200);
  });

  it('a transmitter that fills the store leaves room for the others and for the application', async () => {
    const clock = aClock();
    const revocations = memoryRevocations({ clock, maxMarks: 64 });
    const app = anApi(framework, { clock, revocations });
    const pushed = async (jwt: string, authorization: string) => {
      const { status } = await send(app, { method: 'post', path: '/events' })
        .set('authorization', authorization)
        .set('content-type', 'application/secevent+jwt')
        .send(jwt);
      return status;
    };
    const identifiers = (from: number) =>
      Array.from({ length: 10 }, (_, index) => ({ ...ADA, iss: OTHER, sub: `u${from + index}` }));
    const flood = [0, 10, 20, 30, 40].map((from) =>
      anEvent(
        {
          iss: OTHER,
          jti: `flood-${from}`,
          sub_id: { format: 'aliases', identifiers: identifiers(from) },
        },
        {},
        otherKey,
      ),
    );
    const statuses: number[] = [];
    for (const jwt of flood) statuses.push(await pushed(jwt, 'Bearer other'));
    expect(statuses).toEqual([202, 202, 202, 503, 503]);
    expect(await revocations.list()).toHaveLength(32);
    expect(await pushed(anEvent(), AUTHORIZATION)).toBe(202);
    expect((await send(app, { token: victim })).status).toBe(401);
    await revocations.revokePrincipal('user:of the application');
  });

  it.each([
    ['a security event', anEvent({ aud: AUDIENCE, exp: NOW + 600 })],
    [
      'a security event of the type of access tokens',
      anEvent({ ...ofAccess() }, { typ: 'at+jwt' }),
    ],
    ['a logout token', aLogoutToken({ aud: AUDIENCE })],
    [
      'a logout token of the type of access tokens',
      aLogoutToken({ ...ofAccess() }, { typ: 'at+jwt' }),
    ],
  ])('[RFC8417-4.5-a] %s is no access token', async (_name, jwt) => {
    const response = await send(anApi(framework), { token: jwt });
    expect(response.status).toBe(401);
    expect(response.body.error_description).toBe('The token is not an access token');
  });
});

/** What an access token has that events and logout tokens lack. */
function ofAccess(): object {
  const { sub, exp } = LOGOUT_CLAIMS;
  return { aud: AUDIENCE, sub, exp, client_id: 'web-app', scope: 'read:users' };
}

function anApi(
  framework: Framework,
  { clock = aClock(), revocations = memoryRevocations({ clock }) } = {},
): TestApp {
  const ofOther = {
    issuer: OTHER,
    jwks: { keys: [otherKey.publicJwk] },
    authorization: 'Bearer other',
  };
  const events = securityEvents({
    transmitters: [aTransmitter(), aTransmitter(ofOther)],
    revocations,
    clock,
  });
  const logout = backChannelLogout({
    issuer: anIssuer(),
    clientId: CLIENT_ID,
    sidInAccessTokens: true,
    revocations,
    clock,
  });
  const server = aResourceServer({ clock, revocation: { store: revocations } });
  servers.push(server);
  return framework.createApp(({ app, use, route }) => {
    app('/events', (routes) => routes.use(framework.kit.mount(events)));
    app('/logout', (routes) => routes.use(framework.kit.mount(logout)));
    use(framework.authenticate(server));
    route('/', () => 'ok');
  });
}
