import { describe, expect, it } from 'vitest';
import type { TokenClaims } from '../../../src/model/principal.ts';
import { keycloak } from '../../../src/providers/index.ts';
import { NO_KEYS } from '../token-table.ts';

function classified(claims: Readonly<Record<string, unknown>>) {
  const { classify } = keycloak({ issuer: 'https://sso.acme.com/realms/acme', jwks: NO_KEYS });
  return classify({ azp: 'web', sub: 'u1', ...claims } as TokenClaims, {});
}

describe('the rule of a token of Keycloak, as explain shows it', () => {
  it.each([
    [{ azp: undefined }, /^azp is missing$/],
    [{ jti: 'onrtac:1', sub: undefined }, /sub is missing: give the client the scope basic/],
    [{ jti: 'onltac:1', sub: undefined }, /let its mapper add sub to lightweight tokens/],
    [{ jti: 'trrtte:1' }, /neither clientHost or clientAddress .* nor auth_time or sid/],
    [{ jti: 'onrtna:1', sid: 's' }, /auth_time is missing/],
    [{ jti: 'ntltrt:1', sid: 's' }, /auth_time is missing/],
    [{ preferred_username: 'service-account-web' }, /neither clientHost nor clientAddress/],
    [{ preferred_username: 7, sid: 's' }, /neither clientHost nor clientAddress/],
    [{ clientId: 'web' }, /neither clientHost nor clientAddress/],
    [{ client_id: 'other' }, /that of another client than azp/],
    [{ clientId: 'other', clientHost: 'h' }, /that of another client than azp/],
    [{ clientHost: 'h', preferred_username: 'service-account-x' }, /that of another client/],
    [{ clientHost: 'h', auth_time: 1 }, /auth_time is there/],
    [{ jti: 'trrtcc:1', auth_time: 1 }, /auth_time is there/],
    [{ jti: 'onrtac:1', clientHost: 'h' }, /jti says a grant of persons, but clientHost/],
  ])('refuses %j and says what is missing or contradicts', (claims, rule) => {
    expect(classified(claims).rule).toMatch(rule);
    expect(classified(claims).kind).toBe('unknown');
  });

  it.each([
    [{ jti: 'trrtcc:1' }, 'client', 'jti names client credentials'],
    [{ clientAddress: '10.0.0.7' }, 'client', 'clientHost or clientAddress of a machine'],
    [{ jti: 'onrtro:1' }, 'user', 'jti names a grant of persons'],
    [{ auth_time: 1 }, 'user', 'auth_time, and no mark'],
    [{ sid: 's' }, 'user', 'sid, and no mark'],
    // No prefix of release 26.2: a letter too many, or capitals, which no grant has.
    [{ jti: 'trrtcc1:1', sid: 's' }, 'user', 'sid, and no mark'],
    [{ jti: 'TRRTCC:1', sid: 's' }, 'user', 'sid, and no mark'],
    [{ jti: 'xtrrtcc:1', sid: 's' }, 'user', 'sid, and no mark'],
  ])('reads %j as a %s', (claims, kind, rule) => {
    expect(classified(claims).rule).toContain(rule);
    expect(classified(claims).kind).toBe(kind);
  });
});
