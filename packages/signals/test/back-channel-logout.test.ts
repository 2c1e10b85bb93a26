import { memoryRevocations } from '@authly/core';
import { keycloak, rfc9068 } from '@authly/core/providers';
import { describe, expect, it } from 'vitest';
import {
  aLogoutToken,
  anEvent,
  anIssuer,
  CLIENT_ID,
  logOut,
  logoutBy,
  marksOf,
} from '../../../test/support/signals.ts';
import {
  aToken,
  generateTestKey,
  ISSUER,
  issuerKey,
  jwks,
  NOW,
} from '../../../test/support/tokens.ts';
import { backChannelLogout } from '../src/back-channel-logout.ts';

const aBackChannelLogout = logoutBy(backChannelLogout);

const ACCEPTED = { status: 200, headers: { 'cache-control': 'no-store' }, body: undefined };

async function loggedOut(handler: Parameters<typeof logOut>[0], ...rest: [string, object?]) {
  const { body, ...answer } = await logOut(handler, ...rest);
  return { ...answer, body: body === undefined ? undefined : JSON.parse(body) };
}

const REFUSED = {
  status: 400,
  headers: { 'cache-control': 'no-store', 'content-type': 'application/json' },
  body: { error: 'invalid_request', error_description: expect.any(String) },
};

const accepted = (mark: string) => ({
  type: 'signal.accepted',
  source: 'logout',
  issuer: ISSUER,
  event: 'logout',
  marks: [mark],
});

describe('a logout token', () => {
  it('of a session revokes the session from the time at which the token was made', async () => {
    const { handler, events, ...watched } = aBackChannelLogout();
    expect(await loggedOut(handler, aLogoutToken({ iat: NOW - 9 }))).toEqual(ACCEPTED);
    expect(await marksOf(watched)).toEqual(['session -9']);
    expect(
      await watched.revocations.clear({ kind: 'session', issuer: ISSUER, sessionId: 's1' }),
    ).toBe(true);
    expect(events).toEqual([accepted('session')]);
  });

  it('of a user revokes all tokens of the user', async () => {
    const { handler, events, ...watched } = aBackChannelLogout();
    expect(await loggedOut(handler, aLogoutToken({ sid: undefined }))).toEqual(ACCEPTED);
    expect(
      await watched.revocations.clear({ kind: 'subject', issuer: ISSUER, subject: 'ada' }),
    ).toBe(true);
    expect(events).toEqual([accepted('subject')]);
  });

  it('of a session and a user revokes the user’s tokens if access tokens name no session', async () => {
    const { handler, ...watched } = aBackChannelLogout({ sidInAccessTokens: undefined });
    expect(await loggedOut(handler, aLogoutToken())).toEqual(ACCEPTED);
    expect(await marksOf(watched)).toEqual(['subject 0']);
  });

  it('that names only a session is reported and refused if access tokens name no session', async () => {
    const { handler, events, ...watched } = aBackChannelLogout({ sidInAccessTokens: false });
    for (let n = 0; n < 2; n += 1) {
      expect(await loggedOut(handler, aLogoutToken({ sub: undefined }))).toEqual(REFUSED);
    }
    expect(await marksOf(watched)).toEqual([]);
    const unmapped = {
      type: 'revocation.unmapped',
      source: 'logout',
      issuer: ISSUER,
      event: 'logout',
      cause: 'no_session_in_tokens',
    };
    expect(events).toEqual([unmapped, unmapped]);
  });

  it('is read as the preset says, unless the option says otherwise', async () => {
    const iss = 'https://sso.acme.com/realms/acme';
    const issuer = keycloak({ issuer: iss, jwks });
    const token = aLogoutToken({ iss });
    const byPreset = aBackChannelLogout({ issuer, sidInAccessTokens: undefined });
    expect((await logOut(byPreset.handler, token)).status).toBe(200);
    expect(await marksOf(byPreset)).toEqual(['session 0']);
    const byOption = aBackChannelLogout({ issuer, sidInAccessTokens: false });
    expect((await logOut(byOption.handler, token)).status).toBe(200);
    expect(await marksOf(byOption)).toEqual(['subject 0']);
  });

  it.each([['logout+jwt'], ['application/logout+jwt'], ['JWT'], [undefined]])(
    'has the type %s',
    async (typ) => {
      const { handler } = aBackChannelLogout();
      expect(await loggedOut(handler, aLogoutToken({}, { typ }))).toEqual(ACCEPTED);
    },
  );

  it('may have no exp if it is fresh, as those of Hydra', async () => {
    const { handler, clock } = aBackChannelLogout();
    const token = aLogoutToken({ exp: undefined });
    expect(await loggedOut(handler, token)).toEqual(ACCEPTED);
    clock.advance(120_000);
    expect(await loggedOut(handler, token)).toEqual(ACCEPTED);
    clock.advance(1_000);
    expect(await loggedOut(handler, token)).toEqual(REFUSED);
  });

  it('that is sent again is accepted, changes nothing, and is reported once', async () => {
    const { handler, events, ...watched } = aBackChannelLogout();
    for (let n = 0; n < 3; n += 1) {
      expect(await loggedOut(handler, aLogoutToken())).toEqual(ACCEPTED);
      watched.clock.advance(1_000);
    }
    expect(await marksOf(watched)).toEqual(['session 0']);
    expect(events).toEqual([accepted('session')]);
  });
});

describe('a request that is no logout token for us', () => {
  const forger = generateTestKey('ES256', issuerKey.kid);

  it.each<[string, string, object, string]>([
    ['a nonce', aLogoutToken({ nonce: 'n' }), {}, 'claim_forbidden'],
    [
      'the API as audience',
      aLogoutToken({ aud: 'https://api.example.com' }),
      {},
      'audience_mismatch',
    ],
    ['neither sub nor sid', aLogoutToken({ sub: undefined, sid: undefined }), {}, 'claim_missing'],
    [
      'an ID token',
      aLogoutToken({ nonce: 'n', events: undefined }, { typ: 'JWT' }),
      {},
      'claim_forbidden',
    ],
    [
      'an ID token without nonce',
      aLogoutToken({ events: undefined }, { typ: 'JWT' }),
      {},
      'claim_missing',
    ],
    ['an access token', aToken(), {}, 'type_not_accepted'],
    ['an access token of type JWT', aToken({}, { header: { typ: 'JWT' } }), {}, 'claim_missing'],
    ['a security event', anEvent(), {}, 'type_not_accepted'],
    ['an expired one', aLogoutToken({ exp: NOW - 60 }), {}, 'not_timely'],
    ['another issuer', aLogoutToken({ iss: `${ISSUER}/` }), {}, 'issuer_unknown'],
    ['a forged one', aLogoutToken({}, {}, forger), {}, 'signature_invalid'],
    ['an unknown key', aLogoutToken({}, { kid: 'x' }), {}, 'key_unknown'],
    ['none', aLogoutToken({}, { alg: 'none' }), {}, 'algorithm_not_allowed'],
    ['no token', '', {}, 'token_malformed'],
    ['another field', '', { form: 'token=x' }, 'token_malformed'],
    [
      'two tokens',
      '',
      { form: `logout_token=${aLogoutToken()}&logout_token=x` },
      'parameter_repeated',
    ],
    ['JSON', '', { headers: { 'content-type': 'application/json' } }, 'content_type_unsupported'],
    ['too much', '', { form: `logout_token=${'x'.repeat(65_536)}` }, 'body_too_large'],
    ['a parsed list', '', { parsedBody: ['x'] }, 'body_malformed'],
  ])('is refused: %s', async (_name, jwt, parts, reason) => {
    const { handler, events, ...watched } = aBackChannelLogout();
    expect(await loggedOut(handler, jwt, parts)).toEqual(REFUSED);
    expect(events).toEqual([{ type: 'signal.refused', source: 'logout', reason }]);
    expect(await marksOf(watched)).toEqual([]);
  });

  it.each(['GET', 'PUT'])('has another method: %s', async (method) => {
    const { handler } = aBackChannelLogout();
    expect(await loggedOut(handler, aLogoutToken(), { method })).toMatchObject({
      status: 405,
      headers: { allow: 'POST', 'cache-control': 'no-store' },
      body: { error: 'invalid_request' },
    });
  });

  it('may come in a form with other fields', async () => {
    const { handler } = aBackChannelLogout();
    const form = `a=1&logout_token=${aLogoutToken()}`;
    expect(await loggedOut(handler, '', { form })).toEqual(ACCEPTED);
  });
});

describe('an outage', () => {
  it('of the store is 400, and the logout is accepted when the store is back', async () => {
    const { revocations, ...watched } = aBackChannelLogout();
    let isDown = true;
    const { handler, events } = aBackChannelLogout({
      revocations: {
        ...revocations,
        revokeSession: (...args) =>
          isDown ? Promise.reject(new Error('down')) : revocations.revokeSession(...args),
      },
    });
    expect(await loggedOut(handler, aLogoutToken())).toEqual(REFUSED);
    isDown = false;
    expect(await loggedOut(handler, aLogoutToken())).toEqual(ACCEPTED);
    expect(await marksOf({ ...watched, revocations })).toEqual(['session 0']);
    expect(events).toEqual([
      { type: 'store.failed', store: 'revocation', outcome: 'refused' },
      { type: 'signal.refused', source: 'logout', reason: 'store_unavailable' },
      { type: 'store.recovered', store: 'revocation' },
      accepted('session'),
    ]);
  });

  it('of the replay store is 400, with the mark made', async () => {
    const { handler, events, ...watched } = aBackChannelLogout({
      replay: { reserve: () => Promise.reject(new Error('down')) },
    });
    expect(await loggedOut(handler, aLogoutToken())).toEqual(REFUSED);
    expect(await marksOf(watched)).toEqual(['session 0']);
    expect(events).toMatchObject([{ store: 'replay' }, { reason: 'store_unavailable' }]);
  });

  it('of the keys is 400', async () => {
    const { handler, events } = aBackChannelLogout({
      issuer: rfc9068({ issuer: ISSUER, jwksUri: `${ISSUER}/jwks` }),
      fetch: () => Promise.reject(new Error('down')),
    });
    expect(await loggedOut(handler, aLogoutToken())).toEqual(REFUSED);
    expect(events).toEqual([
      { type: 'signal.refused', source: 'logout', reason: 'keys_unavailable' },
    ]);
  });
});

describe('its keys', () => {
  it('are fetched from the URL of the preset, with the fetch of the preset or of the options', async () => {
    const asked: string[] = [];
    const fetchAs = (who: string) => async (url: unknown) => {
      asked.push(`${who} ${url}`);
      return Response.json(jwks);
    };
    const preset = { issuer: ISSUER, jwksUri: 'http://sso:8080/jwks', fetch: fetchAs('preset') };
    const allowHttp = ['sso'];
    const issuer = { ...anIssuer(), keys: { kind: 'jwks', url: preset.jwksUri } as const };
    const byPreset = aBackChannelLogout({
      issuer: { ...issuer, fetch: preset.fetch },
      allowHttp,
      fetch: fetchAs('option'),
    });
    await byPreset.handler.ready({ signal: AbortSignal.timeout(5_000) });
    expect(await loggedOut(byPreset.handler, aLogoutToken())).toEqual(ACCEPTED);
    const byOption = aBackChannelLogout({ issuer, allowHttp, fetch: fetchAs('option') });
    expect(await loggedOut(byOption.handler, aLogoutToken())).toEqual(ACCEPTED);
    expect(asked).toEqual(['preset http://sso:8080/jwks', 'option http://sso:8080/jwks']);
    byPreset.handler.close();
    byOption.handler.close();
    const unready = aBackChannelLogout({ issuer, allowHttp, fetch: fetchAs('closed') });
    unready.handler.close();
    await expect(unready.handler.ready()).rejects.toThrow();
  });

  it('have the given algorithms, or those of the preset', async () => {
    const algorithms = ['RS256'] as const;
    for (const options of [{ algorithms }, { issuer: { ...anIssuer(), algorithms } }]) {
      const { handler, events } = aBackChannelLogout(options);
      expect(await loggedOut(handler, aLogoutToken())).toEqual(REFUSED);
      expect(events).toMatchObject([{ reason: 'algorithm_not_allowed' }]);
    }
  });
});

describe('its options', () => {
  const revocations = memoryRevocations();

  it.each<[object, string]>([
    [{ issuer: undefined }, 'issuer must be the preset'],
    [{ issuer: ISSUER }, 'issuer must be the preset'],
    [{ issuer: null }, 'issuer must be the preset'],
    [{ issuer: {} }, 'issuer must be the preset'],
    [{ clientId: undefined }, 'not the audience of the API'],
    [{ clientId: '' }, 'not the audience of the API'],
    [{ clientId: ['web-app'] }, 'not the audience of the API'],
    [{ revocations: undefined }, 'revocations must be the store'],
    [
      { revocations: { ...revocations, revokeSession: undefined } },
      'revocations must be the store',
    ],
    [{ replay: {} }, 'replay must be a store with reserve()'],
    [{ sidInAccessTokens: 'yes' }, 'sidInAccessTokens: true'],
    [{ clientID: 'x' }, 'has no option "clientID"'],
  ])('are checked: %j', (options, message) => {
    const given = { issuer: anIssuer(), clientId: CLIENT_ID, revocations, ...options };
    expect(() => backChannelLogout(given as never)).toThrow(message);
  });

  it('may be left out, except for three', async () => {
    const handler = backChannelLogout({ issuer: anIssuer(), clientId: CLIENT_ID, revocations });
    // The clock of the machine differs from the time of the token, which has no exp.
    expect((await logOut(handler, aLogoutToken({ exp: undefined }))).status).toBe(400);
    const iat = Math.floor(Date.now() / 1_000);
    expect((await logOut(handler, aLogoutToken({ exp: undefined, iat }))).status).toBe(200);
  });
});
