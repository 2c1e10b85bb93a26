import { memoryRevocations } from '@authly/core';
import { keycloak, rfc9068 } from '@authly/core/providers';
import { describe, expect, it, vi } from 'vitest';
import {
  ADA,
  AUTHORIZATION,
  anEvent,
  anEventOf,
  aTransmitter,
  CAEP,
  EVENT_CLAIMS,
  marksOf,
  OAUTH,
  push,
  RECEIVER,
  RISC,
  SSF,
  securityEventsBy,
} from '../../../test/support/signals.ts';
import {
  aToken,
  compactJws,
  generateTestKey,
  ISSUER,
  issuerKey,
  jwks,
  NOW,
} from '../../../test/support/tokens.ts';
import { securityEvents } from '../src/security-events.ts';

const someSecurityEvents = securityEventsBy(securityEvents);

const SESSION = { format: 'opaque', id: 's1' };
const EMAIL = { format: 'email', email: 'ada@acme.com' };

/** The error code in the answer to a refused event. */
function refusal(err: string, description: unknown = expect.any(String)) {
  return {
    status: 400,
    headers: {
      'content-type': 'application/json',
      'content-language': 'en',
      'cache-control': 'no-store',
    },
    body: { err, description },
  };
}

async function pushed(handler: Parameters<typeof push>[0], ...rest: [string, object?]) {
  const { body, ...answer } = await push(handler, ...rest);
  return { ...answer, body: body === undefined ? undefined : JSON.parse(body) };
}

const ACCEPTED = { status: 202, headers: { 'cache-control': 'no-store' }, body: undefined };

describe('a security event', () => {
  it('[RFC8935-2.2-a] is answered with 202 and an empty body once its mark is stored', async () => {
    const { handler, events, told, ...watched } = someSecurityEvents();
    expect(await pushed(handler, anEvent())).toEqual(ACCEPTED);
    expect(await marksOf(watched)).toEqual(['subject -5']);
    expect(events).toEqual([
      {
        type: 'signal.accepted',
        source: 'security_event',
        issuer: ISSUER,
        event: 'session-revoked',
        marks: ['subject'],
      },
    ]);
    const marks = await watched.revocations.list();
    expect(told).toEqual([
      [
        expect.objectContaining({ id: 'event-1', type: `${CAEP}session-revoked`, subject: ADA }),
        { marks, unmapped: undefined },
      ],
    ]);
    expect(Object.isFrozen(told[0]?.[1])).toBe(true);
  });

  it.each<[string, unknown, string]>([
    [`${CAEP}session-revoked`, ADA, 'subject 0'],
    // It is not known whether the issuer's tokens name a session.
    [
      `${CAEP}session-revoked`,
      { format: 'complex', user: ADA, session: SESSION },
      'session 0, subject 0',
    ],
    [`${CAEP}session-revoked`, { format: 'jwt_id', iss: ISSUER, jti: 't1' }, 'token'],
    [`${RISC}account-disabled`, ADA, 'subject 0'],
    [`${RISC}account-purged`, ADA, 'subject 0'],
    [`${RISC}sessions-revoked`, ADA, 'subject 0'],
    [`${RISC}credential-compromise`, ADA, 'subject 0'],
    [`${OAUTH}token-revoked`, { format: 'jwt_id', iss: ISSUER, jti: 't1' }, 'token'],
    [`${OAUTH}tokens-revoked`, ADA, 'subject 0'],
    [`${OAUTH}client-disabled`, ADA, 'client 0'],
  ])('revokes what its type says: %s of %j', async (type, subject, mark) => {
    const { handler, ...watched } = someSecurityEvents();
    expect((await push(handler, anEventOf(type, subject))).status).toBe(202);
    expect((await marksOf(watched)).join(', ')).toBe(mark);
  });

  it.each([
    ...['token-claims-change', 'credential-change', 'assurance-level-change'].map(
      (name) => [CAEP, name, name] as const,
    ),
    ...['risk-level-change', 'device-compliance-change', 'session-established'].map(
      (name) => [CAEP, name, name] as const,
    ),
    [CAEP, 'session-presented', 'session-presented'],
    ...[
      'account-enabled',
      'account-credential-change-required',
      'identifier-changed',
      'identifier-recycled',
      'opt-in',
      'opt-out-initiated',
      'opt-out-cancelled',
      'opt-out-effective',
      'recovery-activated',
      'recovery-information-changed',
    ].map((name) => [RISC, name, name] as const),
    [OAUTH, 'token-issued', 'token-issued'],
    [OAUTH, 'client-credential-changed', 'client-credential-changed'],
    [SSF, 'stream-updated', 'stream-updated'],
    [SSF, 'verification', 'verification'],
    ['urn:acme:', 'session-revoked', 'other'],
    ['', 'constructor', 'other'],
  ] as const)('is reported and revokes nothing: %s%s', async (base, type, event) => {
    const resolveSubject = vi.fn();
    const { handler, events, told, ...watched } = someSecurityEvents({ resolveSubject });
    expect(await pushed(handler, anEventOf(`${base}${type}`))).toEqual(ACCEPTED);
    expect(await marksOf(watched)).toEqual([]);
    expect(events).toMatchObject([{ type: 'signal.accepted', event, marks: [] }]);
    expect(told).toMatchObject([[{ type: `${base}${type}` }, { marks: [], unmapped: undefined }]]);
    expect(resolveSubject).not.toHaveBeenCalled();
  });

  it('is for us if our audience is one of several, or if its audience has our prefix', async () => {
    const { handler } = someSecurityEvents();
    expect((await push(handler, anEvent({ aud: ['x', RECEIVER] }))).status).toBe(202);
    const audience = { prefix: 'ssf-receiver/' };
    const byPrefix = someSecurityEvents({ transmitter: { audience } }).handler;
    const answers = [
      'ssf-receiver/c32dcb52',
      ['x', 'ssf-receiver/1'],
      'ssf-receiver/',
      'ssf-receiver',
    ];
    const statuses: number[] = [];
    for (const aud of [...answers, 'ssf-receiver-2/1', 'x/ssf-receiver/1', undefined]) {
      statuses.push((await push(byPrefix, anEvent({ aud }))).status);
    }
    expect(statuses).toEqual([202, 202, 400, 400, 400, 400, 400]);
  });

  it.each(['secevent+jwt', 'SecEvent+JWT', 'application/secevent+jwt'])(
    '[RFC8417-2.3-a] has the type %s',
    async (typ) => {
      const { handler } = someSecurityEvents();
      expect((await push(handler, anEvent({}, { typ }))).status).toBe(202);
    },
  );

  it('may be as long as a body may be, which is longer than an access token', async () => {
    const { handler } = someSecurityEvents();
    const long = anEvent({ padding: 'x'.repeat(40_000) });
    expect((await push(handler, long)).status).toBe(202);
  });
});

describe('a request that is no event for us', () => {
  const key = generateTestKey('ES256', issuerKey.kid);
  const header = { alg: 'ES256', kid: issuerKey.kid, typ: 'secevent+jwt' };
  const { aud: _aud, ...noAudience } = EVENT_CLAIMS;
  const two = { events: { ...EVENT_CLAIMS.events, x: {} } };

  it.each<[string, string, object, string, string]>([
    ['sub', anEvent({ sub: 'ada' }), {}, 'invalid_request', 'claim_forbidden'],
    ['exp', anEvent({ exp: NOW + 60 }), {}, 'invalid_request', 'claim_forbidden'],
    ['typ JWT', anEvent({}, { typ: 'JWT' }), {}, 'invalid_request', 'type_not_accepted'],
    ['no typ', anEvent({}, { typ: undefined }), {}, 'invalid_request', 'type_not_accepted'],
    ['two events', anEvent(two), {}, 'invalid_request', 'claim_malformed'],
    ['no jti', anEvent({ jti: undefined }), {}, 'invalid_request', 'claim_missing'],
    ['not yet', anEvent({ nbf: NOW + 60 }), {}, 'invalid_request', 'not_timely'],
    ['iat as text', anEvent({ iat: '1' }), {}, 'invalid_request', 'claim_malformed'],
    ['an access token', aToken(), {}, 'invalid_request', 'type_not_accepted'],
    ['text', 'x', {}, 'invalid_request', 'token_malformed'],
    ['nothing', '', {}, 'invalid_request', 'token_malformed'],
    ['an extension', anEvent({}, { crit: ['b64'] }), {}, 'invalid_request', 'token_malformed'],
    ['HS256', anEvent({}, { alg: 'HS256' }), {}, 'invalid_key', 'algorithm_not_allowed'],
    ['none', anEvent({}, { alg: 'none' }), {}, 'invalid_key', 'algorithm_not_allowed'],
    ['an unknown key', anEvent({}, { kid: 'x' }), {}, 'invalid_key', 'key_unknown'],
    ['a forged one', anEvent({}, {}, key), {}, 'invalid_key', 'signature_invalid'],
    ['another issuer', anEvent({ iss: `${ISSUER}/` }), {}, 'invalid_issuer', 'issuer_unknown'],
    ['no issuer', anEvent({ iss: undefined }), {}, 'invalid_issuer', 'issuer_unknown'],
    ['another audience', anEvent({ aud: 'x' }), {}, 'invalid_audience', 'audience_mismatch'],
    [
      'no audience',
      compactJws(header, noAudience, issuerKey),
      {},
      'invalid_audience',
      'audience_mismatch',
    ],
    [
      'another content type',
      anEvent(),
      { headers: { 'content-type': 'application/jwt' } },
      'invalid_request',
      'content_type_unsupported',
    ],
    [
      'a longer content type',
      anEvent(),
      { headers: { 'content-type': 'application/secevent+jwts' } },
      'invalid_request',
      'content_type_unsupported',
    ],
    [
      'two content types',
      anEvent(),
      { headers: { 'content-type': ['application/secevent+jwt', 'text/plain'] } },
      'invalid_request',
      'content_type_unsupported',
    ],
    ['a body that is too large', 'x'.repeat(65_537), {}, 'invalid_request', 'body_too_large'],
    ['a parsed body', '', { parsedBody: { a: 1 } }, 'invalid_request', 'body_malformed'],
    [
      'no Authorization',
      anEvent(),
      { headers: { authorization: undefined } },
      'authentication_failed',
      'authorization_mismatch',
    ],
    [
      'another Authorization',
      anEvent(),
      { headers: { authorization: `${AUTHORIZATION}x` } },
      'authentication_failed',
      'authorization_mismatch',
    ],
    [
      'two Authorizations',
      anEvent(),
      { headers: { authorization: [AUTHORIZATION, AUTHORIZATION] } },
      'authentication_failed',
      'authorization_mismatch',
    ],
  ])('[RFC8935-2.3-a] [RFC8935-2.4-a] is refused: %s', async (_name, jwt, parts, err, reason) => {
    const { handler, events, told, ...watched } = someSecurityEvents();
    expect(await pushed(handler, jwt, parts)).toEqual(refusal(err));
    expect(events).toMatchObject([{ type: 'signal.refused', source: 'security_event', reason }]);
    expect(told).toEqual([]);
    expect(await marksOf(watched)).toEqual([]);
  });

  it('is reported with the issuer if the signature is valid, and without any text of the request', async () => {
    const { handler, events } = someSecurityEvents();
    await push(handler, anEvent({ aud: 'x' }));
    await push(handler, anEvent({ sub: 'ada' }));
    await push(handler, anEvent({}, {}, key));
    expect(events).toEqual([
      {
        type: 'signal.refused',
        source: 'security_event',
        reason: 'audience_mismatch',
        issuer: ISSUER,
      },
      {
        type: 'signal.refused',
        source: 'security_event',
        reason: 'claim_forbidden',
        issuer: ISSUER,
      },
      { type: 'signal.refused', source: 'security_event', reason: 'signature_invalid' },
    ]);
  });

  it('may have parameters after its content type, which are ignored', async () => {
    const { handler } = someSecurityEvents();
    for (const contentType of [
      'application/secevent+jwt; charset=utf-8',
      'Application/SecEvent+JWT',
    ]) {
      const headers = { 'content-type': contentType };
      expect((await push(handler, anEvent(), { headers })).status).toBe(202);
    }
  });

  it.each(['GET', 'HEAD', 'PUT', 'OPTIONS'])('has another method: %s', async (method) => {
    const { handler, events } = someSecurityEvents();
    expect(await pushed(handler, anEvent(), { method })).toMatchObject({
      status: 405,
      headers: { allow: 'POST' },
      body: { err: 'invalid_request' },
    });
    expect(events).toMatchObject([{ reason: 'method_not_allowed' }]);
  });
});

describe('sent again', () => {
  it('an event is accepted, its mark stays, and it is reported once', async () => {
    const { handler, events, told, ...watched } = someSecurityEvents();
    for (let n = 0; n < 3; n += 1) expect((await push(handler, anEvent())).status).toBe(202);
    expect(await marksOf(watched)).toEqual(['subject -5']);
    expect([told.length, events.length]).toEqual([1, 1]);
  });

  it('the same jti of another issuer is another event', async () => {
    const other = generateTestKey('ES256', 'other');
    const iss = 'https://other.example.com';
    const { handler, told } = someSecurityEvents({
      transmitters: [
        aTransmitter(),
        aTransmitter({ issuer: iss, jwks: { keys: [other.publicJwk] } }),
      ],
    });
    await push(handler, anEvent());
    await push(handler, anEvent({ iss }, {}, other));
    expect(told.map(([{ issuer }]) => issuer)).toEqual([ISSUER, iss]);
  });

  it('an event that could not be marked is an outage, and gets its mark when the store is back', async () => {
    const { revocations, ...watched } = someSecurityEvents();
    let isDown = true;
    const { handler, events, told } = someSecurityEvents({
      revocations: {
        ...revocations,
        revokeSubject: (...args) =>
          isDown ? Promise.reject(new Error('down')) : revocations.revokeSubject(...args),
      },
    });
    for (let n = 0; n < 2; n += 1) {
      expect(await pushed(handler, anEvent())).toEqual({
        status: 503,
        headers: { 'cache-control': 'no-store', 'retry-after': '5' },
        body: undefined,
      });
    }
    expect(told).toEqual([]);
    isDown = false;
    expect((await push(handler, anEvent())).status).toBe(202);
    expect(await marksOf({ ...watched, revocations })).toEqual(['subject -5']);
    expect(told).toHaveLength(1);
    expect(events.map(({ type }) => type)).toEqual([
      'store.failed',
      'signal.refused',
      'signal.refused',
      'store.recovered',
      'signal.accepted',
    ]);
    expect(events[0]).toEqual({ type: 'store.failed', store: 'revocation', outcome: 'refused' });
    expect(events[1]).toMatchObject({ reason: 'store_unavailable', issuer: ISSUER });
  });

  it('a known event is an outage, too, while its mark cannot be made', async () => {
    const { revocations } = someSecurityEvents();
    let isDown = false;
    const { handler } = someSecurityEvents({
      revocations: {
        ...revocations,
        revokeSubject: (...args) =>
          isDown ? Promise.reject(new Error('down')) : revocations.revokeSubject(...args),
      },
    });
    const statuses = [(await push(handler, anEvent())).status];
    statuses.push((await push(handler, anEvent())).status);
    isDown = true;
    statuses.push((await push(handler, anEvent())).status);
    expect(statuses).toEqual([202, 202, 503]);
  });

  it('an event after an outage of the replay store is reported when the store is back', async () => {
    let answer: () => boolean | Promise<boolean> = () => Promise.reject(new Error('down'));
    const { handler, events, told, ...watched } = someSecurityEvents({
      replay: { reserve: () => answer() },
    });
    expect((await push(handler, anEvent())).status).toBe(503);
    expect(await marksOf(watched)).toEqual(['subject -5']);
    answer = () => 1 as never;
    expect((await push(handler, anEvent())).status).toBe(503);
    expect(told).toEqual([]);
    answer = () => true;
    expect((await push(handler, anEvent())).status).toBe(202);
    expect(told).toHaveLength(1);
    expect(events.filter(({ type }) => type.startsWith('store.'))).toEqual([
      { type: 'store.failed', store: 'replay', outcome: 'refused' },
      { type: 'store.recovered', store: 'replay' },
    ]);
  });

  it('events in another order or from long ago do not move a mark back', async () => {
    const { handler, ...watched } = someSecurityEvents();
    for (const [jti, time] of [
      ['a', NOW],
      ['b', NOW - 60],
      ['c', 0],
      ['d', -7],
      ['e', NOW - 1],
    ] as const) {
      const events = { [`${CAEP}session-revoked`]: { event_timestamp: time } };
      expect((await push(handler, anEvent({ jti, events }))).status).toBe(202);
    }
    expect(await marksOf(watched)).toEqual(['subject 0']);
  });

  it('an event from the future refuses nobody for more than a minute', async () => {
    const { handler, ...watched } = someSecurityEvents();
    const events = { [`${CAEP}session-revoked`]: { event_timestamp: NOW * 1_000 } };
    await push(handler, anEvent({ events }));
    expect(await marksOf(watched)).toEqual(['subject 60']);
  });
});

describe('a transmitter', () => {
  const foreign = { ...ADA, iss: 'https://acme.eu.auth0.com/' };

  it('speaks for its own issuer, and for others by name', async () => {
    const own = someSecurityEvents();
    expect((await push(own.handler, anEventOf(`${CAEP}session-revoked`, foreign))).status).toBe(
      202,
    );
    expect(await marksOf(own)).toEqual([]);
    expect(own.events).toEqual([
      {
        type: 'revocation.unmapped',
        source: 'security_event',
        issuer: ISSUER,
        event: 'session-revoked',
        cause: 'issuer_not_spoken_for',
      },
    ]);
    expect(own.told).toMatchObject([[{}, { marks: [], unmapped: 'issuer_not_spoken_for' }]]);
    const named = someSecurityEvents({ transmitter: { speaksFor: [foreign.iss] } });
    await push(named.handler, anEventOf(`${CAEP}session-revoked`, foreign));
    expect(await marksOf(named)).toEqual(['subject 0']);
    await push(named.handler, anEvent({ jti: '2' }));
    expect(await marksOf(named)).toEqual(['subject 0']);
  });

  it('is recognized among others by its issuer, its key and its stream', async () => {
    const other = generateTestKey('ES256', 'other');
    const iss = 'https://other.example.com';
    const authorization = 'Bearer another-stream';
    const { handler } = someSecurityEvents({
      transmitters: [
        aTransmitter(),
        aTransmitter({ issuer: iss, jwks: { keys: [other.publicJwk] }, authorization }),
      ],
    });
    const status = async (jwt: string, header: string) =>
      (await push(handler, jwt, { headers: { authorization: header } })).status;
    const ofOther = anEvent({ iss }, {}, other);
    expect(await status(anEvent(), AUTHORIZATION)).toBe(202);
    expect(await status(ofOther, authorization)).toBe(202);
    expect(await status(ofOther, AUTHORIZATION)).toBe(400);
    expect(await status(anEvent({ iss }), authorization)).toBe(400);
    expect(await status(anEvent({}, {}, other), AUTHORIZATION)).toBe(400);
  });

  it('may have several Authorizations, or none', async () => {
    const status = async (authorization: string | string[] | null, sent: string | undefined) => {
      const { handler } = someSecurityEvents({ transmitter: { authorization } });
      return (await push(handler, anEvent(), { headers: { authorization: sent } })).status;
    };
    expect(await status(['old', 'new'], 'old')).toBe(202);
    expect(await status(['old', 'new'], 'new')).toBe(202);
    expect(await status(['old', 'new'], 'oldnew')).toBe(400);
    expect(await status(null, undefined)).toBe(202);
    expect(await status(null, 'anything')).toBe(202);
  });

  it('may be a preset, which has the keys and says whether tokens name sessions', async () => {
    const iss = 'https://sso.acme.com/realms/acme';
    const subject = { format: 'complex', user: { ...ADA, iss }, session: SESSION };
    const event = anEvent({ iss, sub_id: subject });
    const given = { audience: RECEIVER, authorization: AUTHORIZATION };
    const withSessions = someSecurityEvents({
      transmitters: [{ ...given, issuer: keycloak({ issuer: iss, jwks }) }],
    });
    expect((await push(withSessions.handler, event)).status).toBe(202);
    expect(await marksOf(withSessions)).toEqual(['session -5']);
    const without = someSecurityEvents({
      transmitters: [
        { ...given, issuer: { ...keycloak({ issuer: iss, jwks }), sidInAccessTokens: false } },
      ],
    });
    expect((await push(without.handler, event)).status).toBe(202);
    expect(await marksOf(without)).toEqual(['subject -5']);
    const speaking = someSecurityEvents({
      transmitter: {
        speaksFor: [{ ...keycloak({ issuer: iss, jwks }), sidInAccessTokens: false }],
      },
    });
    await push(speaking.handler, anEvent({ sub_id: subject }));
    expect(await marksOf(speaking)).toEqual(['subject -5']);
  });

  it('has a URL for its keys; while they cannot be fetched, it is asked to send events again', async () => {
    const asked: string[] = [];
    let isDown = true;
    const { handler, events } = someSecurityEvents({
      transmitter: { jwks: undefined, jwksUri: 'http://sso:8080/jwks' },
      allowHttp: ['sso'],
      keys: { backoffInitialMs: 50 },
      fetch: async (url) => {
        asked.push(String(url));
        if (isDown) throw new Error('down');
        return Response.json(jwks);
      },
    });
    await expect(handler.ready()).rejects.toThrow();
    const { status, headers } = await push(handler, anEvent());
    expect([status, headers['retry-after']]).toEqual([503, '5']);
    expect(events.at(-1)).toEqual({
      type: 'signal.refused',
      source: 'security_event',
      reason: 'keys_unavailable',
    });
    isDown = false;
    const later = someSecurityEvents({
      transmitter: { jwks: undefined, jwksUri: 'https://sso.acme.com/jwks' },
      fetch: async () => Response.json(jwks),
    });
    await later.handler.ready();
    expect((await push(later.handler, anEvent())).status).toBe(202);
    later.handler.close();
    expect(asked).toEqual(['http://sso:8080/jwks']);
  });

  it.each([
    ['next', 'former'],
    ['the same', 'the same'],
    [undefined, undefined],
  ])(
    'with new keys loses no event after forged events have used up the fetches: the event (kid %s, after %s) is sent again',
    async (kid, former) => {
      const next = generateTestKey('ES256', 'next');
      let published: object = { keys: [{ ...issuerKey.publicJwk, kid: former }] };
      let fetches = 0;
      const { handler, events, clock, ...watched } = someSecurityEvents({
        transmitter: { jwks: undefined, jwksUri: 'https://sso.acme.com/jwks', authorization: null },
        fetch: async () => {
          fetches += 1;
          return Response.json(published);
        },
      });
      await handler.ready();
      const forger = generateTestKey('ES256', 'forger');
      const forged = () => push(handler, anEvent({}, { kid }, forger));
      const statuses: number[] = [];
      for (let n = 0; n < 20; n += 1) statuses.push((await forged()).status);
      expect(statuses).toEqual([400, 400, 400, ...new Array(17).fill(503)]);
      published = { keys: [{ ...next.publicJwk, kid }] };
      const genuine = () => push(handler, anEvent({}, { kid }, next));
      expect(await genuine()).toMatchObject({ status: 503, headers: { 'retry-after': '5' } });
      expect(events.at(-1)).toMatchObject({ reason: 'keys_unavailable' });
      expect(await marksOf(watched)).toEqual([]);
      clock.advanceSec(5);
      expect((await genuine()).status).toBe(202);
      expect(await marksOf(watched)).toEqual(['subject -5']);
      // Many forged events cause at most one fetch in five seconds. A genuine event needs no fetch.
      for (let n = 0; n < 20; n += 1) await forged();
      expect((await genuine()).status).toBe(202);
      expect(fetches).toBe(1 + 3 + 1);
      handler.close();
    },
  );

  it('is verified with the given algorithms, or those of the preset', async () => {
    const refused = someSecurityEvents({ transmitter: { algorithms: ['RS256'] } }).handler;
    expect(await pushed(refused, anEvent())).toEqual(refusal('invalid_key'));
    const preset = { ...rfc9068({ issuer: ISSUER, jwks }), algorithms: ['RS256'] as const };
    const byPreset = someSecurityEvents({ transmitters: [{ ...aTransmitter(), issuer: preset }] });
    expect(await pushed(byPreset.handler, anEvent())).toEqual(refusal('invalid_key'));
  });
});

describe('a verification event', () => {
  const verification = (state?: unknown) =>
    anEvent({
      sub_id: { format: 'opaque', id: 'stream-1' },
      events: { [`${SSF}verification`]: { state } },
    });

  it('is accepted with the requested state, and refused with another', async () => {
    const states: string[] = [];
    const { handler, events, told } = someSecurityEvents({
      transmitter: {
        expectsState(state, event) {
          expect(event.subject).toEqual({ format: 'opaque', id: 'stream-1' });
          states.push(state);
          return Promise.resolve(state === 'asked');
        },
      },
    });
    expect(await pushed(handler, verification('made-up'))).toEqual(
      refusal('invalid_state', 'The state is not the requested one'),
    );
    expect(events).toMatchObject([{ reason: 'state_unexpected', issuer: ISSUER }]);
    expect((await push(handler, verification('asked'))).status).toBe(202);
    expect(states).toEqual(['made-up', 'asked']);
    expect(told).toMatchObject([[{ payload: { state: 'asked' } }, { unmapped: undefined }]]);
    for (const state of [7, '', null]) {
      expect(await pushed(handler, verification(state))).toEqual(refusal('invalid_state'));
    }
    // An event without a state, or of another type, causes no question.
    expect((await push(handler, verification())).status).toBe(202);
    await push(handler, anEventOf(`${CAEP}session-revoked`, ADA, { state: 'x' }));
    expect(states).toHaveLength(2);
  });

  it('is refused if the application does not answer true', async () => {
    const { handler } = someSecurityEvents({ transmitter: { expectsState: () => 1 as never } });
    expect(await pushed(handler, verification('x'))).toEqual(refusal('invalid_state'));
  });

  it('must be sent again if the application cannot answer', async () => {
    const { handler, events } = someSecurityEvents({
      transmitter: {
        expectsState: () => {
          throw new Error('down');
        },
      },
    });
    expect((await push(handler, verification('x'))).status).toBe(503);
    expect(events).toMatchObject([{ reason: 'lookup_unavailable' }]);
  });
});

describe('a subject that we cannot resolve', () => {
  const event = anEventOf(`${RISC}account-disabled`, EMAIL);
  const subject = { kind: 'subject', issuer: ISSUER, subject: 'ada' } as const;

  it('is reported, and never guessed', async () => {
    const { handler, events, told, ...watched } = someSecurityEvents();
    expect(await pushed(handler, event)).toEqual(ACCEPTED);
    expect(await marksOf(watched)).toEqual([]);
    expect(events).toMatchObject([{ type: 'revocation.unmapped', cause: 'subject_unknown' }]);
    expect(told).toMatchObject([[{ subject: EMAIL }, { marks: [], unmapped: 'subject_unknown' }]]);
  });

  it('belongs to one tenant: the same user id in another tenant is still accepted', async () => {
    const tenant = { format: 'opaque', id: 't1' };
    const { handler, events, ...watched } = someSecurityEvents();
    const complex = { format: 'complex', user: ADA, tenant };
    expect((await push(handler, anEventOf(`${CAEP}session-revoked`, complex))).status).toBe(202);
    expect(await marksOf(watched)).toEqual([]);
    expect(events).toMatchObject([{ type: 'revocation.unmapped', cause: 'subject_unknown' }]);
  });

  it('is looked up by the application', async () => {
    const asked: unknown[] = [];
    const { handler, events, ...watched } = someSecurityEvents({
      resolveSubject(...args) {
        asked.push(args);
        return Promise.resolve([
          subject,
          { kind: 'principal', principalKey: 'user:a:ada' } as const,
        ]);
      },
    });
    expect(await pushed(handler, event)).toEqual(ACCEPTED);
    expect([...(await marksOf(watched))].sort()).toEqual(['principal 0', 'subject 0']);
    expect(asked).toEqual([[EMAIL, expect.objectContaining({ type: `${RISC}account-disabled` })]]);
    expect(events).toMatchObject([{ type: 'signal.accepted', marks: ['subject', 'principal'] }]);
    // The application is not asked about a subject that we can read ourselves.
    await push(handler, anEvent({ jti: '2' }));
    expect(asked).toHaveLength(1);
  });

  it.each([
    ['token', { kind: 'token', issuer: ISSUER, tokenId: 't1' }],
    ['token', { kind: 'token', token: 'a.b.c' }],
    ['session 0', { kind: 'session', issuer: ISSUER, sessionId: 's1' }],
    ['client 0', { kind: 'client', issuer: ISSUER, clientId: 'c1' }],
  ] as const)('may be a %s', async (mark, target) => {
    const { handler, ...watched } = someSecurityEvents({ resolveSubject: () => target });
    expect((await push(handler, event)).status).toBe(202);
    expect(await marksOf(watched)).toEqual([mark]);
    const list = await watched.revocations.list();
    expect(await watched.revocations.clear(target)).toBe(true);
    expect(list).toHaveLength(1);
  });

  it('is reported if the application does not know it either', async () => {
    const { handler, events } = someSecurityEvents({ resolveSubject: () => undefined });
    expect((await push(handler, event)).status).toBe(202);
    expect(events).toMatchObject([{ cause: 'subject_unknown' }]);
    const session = { format: 'complex', session: SESSION };
    const issuer = rfc9068({ issuer: ISSUER, jwks });
    const sessions = someSecurityEvents({
      transmitters: [aTransmitter({ issuer })],
      resolveSubject: () => undefined,
    });
    await push(sessions.handler, anEventOf(`${CAEP}session-revoked`, session));
    expect(sessions.events).toMatchObject([{ cause: 'no_session_in_tokens' }]);
  });

  it('never belongs to an issuer for which the transmitter may not speak, whoever says so', async () => {
    const resolveSubject = vi.fn(() => ({ ...subject, issuer: 'https://other.example.com' }));
    const { handler, events, ...watched } = someSecurityEvents({ resolveSubject });
    await push(handler, event);
    expect(events).toMatchObject([{ cause: 'issuer_not_spoken_for' }]);
    await push(
      handler,
      anEvent({ jti: '2', sub_id: { ...ADA, iss: 'https://other.example.com' } }),
    );
    expect(resolveSubject).toHaveBeenCalledTimes(1);
    expect(await marksOf(watched)).toEqual([]);
  });

  it.each([
    ['throws', () => Promise.reject(new Error('down'))],
    ['gives what is no target', () => ({ kind: 'user' }) as never],
    ['gives null', () => null as never],
  ])('must be sent again if the look-up %s', async (_name, resolveSubject) => {
    const { handler, events, told } = someSecurityEvents({ resolveSubject });
    expect((await push(handler, event)).status).toBe(503);
    expect(events).toMatchObject([{ type: 'signal.refused', reason: 'lookup_unavailable' }]);
    expect(told).toEqual([]);
  });

  it('must be sent again if the look-up takes more than two seconds', async () => {
    vi.useFakeTimers();
    try {
      const { handler, events } = someSecurityEvents({
        resolveSubject: () => new Promise(() => {}),
      });
      const answer = push(handler, event);
      await vi.advanceTimersByTimeAsync(1_999);
      expect(events).toEqual([]);
      await vi.advanceTimersByTimeAsync(1);
      expect((await answer).status).toBe(503);
    } finally {
      vi.useRealTimers();
    }
  });
});

describe('onSecurityEvent', () => {
  it.each([
    [
      'throws',
      () => {
        throw new Error('no');
      },
    ],
    ['rejects', () => Promise.reject(new Error('no'))],
  ])('that %s changes nothing, and its error is reported', async (_name, onSecurityEvent) => {
    const { handler, events, ...watched } = someSecurityEvents({ onSecurityEvent });
    expect((await push(handler, anEvent())).status).toBe(202);
    await new Promise((resolve) => setImmediate(resolve));
    expect(events.at(-1)).toEqual({ type: 'signal.listener_failed', issuer: ISSUER });
    expect(await marksOf(watched)).toEqual(['subject -5']);
  });

  it('does not delay the answer', async () => {
    const { handler, events } = someSecurityEvents({
      onSecurityEvent: () => new Promise(() => {}),
    });
    expect((await push(handler, anEvent())).status).toBe(202);
    expect(events).toMatchObject([{ type: 'signal.accepted' }]);
  });

  it('may be left out', async () => {
    const { handler, events } = someSecurityEvents({ onSecurityEvent: undefined });
    expect((await push(handler, anEvent())).status).toBe(202);
    expect(events).toHaveLength(1);
  });
});

describe('its options', () => {
  const revocations = memoryRevocations();
  const made = (options: object) => () =>
    securityEvents({ transmitters: [aTransmitter()], revocations, ...options } as never);

  it.each<[object, string]>([
    [{ transmitters: undefined }, 'transmitters: [{ issuer'],
    [{ transmitters: [] }, 'transmitters: [{ issuer'],
    [{ transmitters: aTransmitter() }, 'transmitters: [{ issuer'],
    [
      { transmitters: [aTransmitter(), aTransmitter()] },
      `two transmitters have the issuer ${ISSUER}`,
    ],
    [{ revocations: undefined }, 'revocations must be the store'],
    [{ revocations: null }, 'revocations must be the store'],
    [{ revocations: { ...revocations, revokeClient: undefined } }, 'revocations must be the store'],
    [{ replay: {} }, 'replay must be a store with reserve()'],
    [{ replay: null }, 'replay must be a store with reserve()'],
    [{ resolveSubject: 'x' }, 'resolveSubject must be a function'],
    [{ onSecurityEvent: {} }, 'onSecurityEvent must be a function'],
    [{ allowHttp: 'x' }, 'allowHttp must be a list'],
    [{ keys: { freshForSec: 0 } }, 'freshForSec'],
    [{ transmiters: [] }, 'has no option "transmiters"'],
  ])('are checked: %j', (options, message) => {
    expect(made(options)).toThrow(message);
  });

  it('may be left out, except for the transmitters and the store', () => {
    expect(made({})).not.toThrow();
  });
});
