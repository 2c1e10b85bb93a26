import { describe, expect, it } from 'vitest';
import { CLIENT_ID, LOGOUT_CLAIMS, LOGOUT_EVENT } from '../../../test/support/signals.ts';
import { NOW } from '../../../test/support/tokens.ts';
import { readLogoutToken } from '../src/logout-token.ts';

const read = (claims: object, nowSec = NOW) =>
  readLogoutToken({ ...LOGOUT_CLAIMS, ...claims }, { clientId: CLIENT_ID, nowSec });
const without = (names: readonly string[], nowSec = NOW) =>
  readLogoutToken(
    Object.fromEntries(Object.entries(LOGOUT_CLAIMS).filter(([name]) => !names.includes(name))),
    { clientId: CLIENT_ID, nowSec },
  );

describe('a logout token', () => {
  it('names the user, the session and the time of the logout', () => {
    const both = { id: 'logout-1', issuedAt: NOW, subject: 'ada', sessionId: 's1' };
    expect(read({})).toEqual(both);
    expect(without(['sid'])).toEqual({ ...both, sessionId: undefined });
    expect(without(['sub'])).toEqual({ ...both, subject: undefined });
  });

  it('is for the client, and may be for others too', () => {
    expect(read({ aud: ['other', CLIENT_ID] })).toMatchObject({ id: 'logout-1' });
    for (const aud of ['https://api.example.com', ['other'], [], [CLIENT_ID, 7], 7, null]) {
      expect(read({ aud })).toBe('audience_mismatch');
    }
  });

  it('may have other events too', () => {
    const events = { [LOGOUT_EVENT]: {}, revoke_offline_access: true };
    expect(read({ events })).toMatchObject({ id: 'logout-1' });
  });

  it.each(['aud', 'iat', 'jti', 'events'])('must have %s', (name) => {
    expect(without([name])).toBe('claim_missing');
  });

  it('must name a user or a session', () => {
    expect(without(['sub', 'sid'])).toBe('claim_missing');
  });

  it('must not have a nonce, as ID tokens do', () => {
    expect(read({ nonce: 'n' })).toBe('claim_forbidden');
    expect(read({ nonce: undefined })).toBe('claim_forbidden');
  });

  it.each<[string, object]>([
    ['an empty jti', { jti: '' }],
    ['a jti that is a number', { jti: 7 }],
    ['an iat that is text', { iat: '7' }],
    ['a sub that is a number', { sub: 7 }],
    ['an empty sub', { sub: '' }],
    ['a sid that is a number', { sid: 7 }],
    ['an empty sid', { sid: '' }],
    ['another event', { events: { x: {} } }],
    ['an event that is true', { events: { [LOGOUT_EVENT]: true } }],
    ['an event that is a list', { events: { [LOGOUT_EVENT]: [] } }],
    ['events that are a list', { events: [LOGOUT_EVENT] }],
    ['events that are null', { events: null }],
  ])('must be well-formed: %s', (_name, claims) => {
    expect(read(claims)).toBe('claim_malformed');
  });

  it('may have no exp if its iat is at most two minutes from now', () => {
    for (const nowSec of [NOW - 120, NOW, NOW + 120]) {
      expect(without(['exp'], nowSec)).toMatchObject({ id: 'logout-1' });
    }
    for (const nowSec of [NOW - 121, NOW + 121]) {
      expect(without(['exp'], nowSec)).toBe('not_timely');
      // Another function, which verifies the signature, checks whether `exp` has passed.
      expect(read({}, nowSec)).toMatchObject({ id: 'logout-1' });
    }
  });
});
