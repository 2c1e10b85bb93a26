import { memoryRevocations, type Provider } from '@authly/core';
import * as presets from '@authly/core/providers';
import { backChannelLogout, securityEvents } from '@authly/signals';
import { fakeClock } from '@authly/testing';
import { describe, expect, it } from 'vitest';
import { keySetOf, RECORDED, type RecordedToken, signedAgain } from '../recorded/recorded-token.ts';
import { logOut, logoutBy, push, securityEventsBy } from '../support/signals.ts';

const someSecurityEvents = securityEventsBy(securityEvents);
const aBackChannelLogout = logoutBy(backChannelLogout);

// Events and logout tokens as real servers sent them, signed again with a key of the test.

const recorded = [...RECORDED.values()].flat();
const byId = (id: string): RecordedToken => {
  const found = recorded.find((token) => token.id === id);
  return found ?? expect.unreachable(`${id} is not recorded`);
};
const issuerOf = ({ payload }: RecordedToken) => String(payload['iss']);
const timeOf = ({ payload }: RecordedToken) => Number(payload['iat']);

describe('security events of Keycloak 26', () => {
  const sets = recorded.filter(({ form }) => form === 'set');

  const EXPECTED: Readonly<Record<string, string>> = {
    'kc-set-verification-1': '202',
    'kc-set-session-revoked-2': '202 session',
    'kc-set-credential-change-3': '202',
    'kc-set-session-revoked-4': '202 subject',
    'kc-set-push-verification-1': '202',
    'kc-set-push-session-revoked-2': '202 session',
    'kc-set-push-session-revoked-3': '202 subject',
    'kc-set-push-credential-change-4': '202',
  };

  it('are answered and revoke what they say', async () => {
    const outcomes: Record<string, string> = {};
    for (const token of sets) {
      const clock = fakeClock(timeOf(token) * 1_000);
      const revocations = memoryRevocations({ clock });
      const { handler } = someSecurityEvents({
        transmitter: {
          issuer: issuerOf(token),
          audience: { prefix: 'ssf-receiver/' },
          jwks: keySetOf(token),
        },
        revocations,
        clock,
      });
      const { status } = await push(handler, signedAgain(token));
      const [mark] = await revocations.list();
      if (mark) expect(mark.issuedBefore).toBe(timeOf(token));
      outcomes[token.id] = [status, ...(mark ? [mark.kind] : [])].join(' ');
    }
    expect(outcomes).toEqual(EXPECTED);
  });

  it('are reported once, even if one is sent again, as Keycloak does after a 503', async () => {
    const token = byId('kc-set-push-credential-change-4');
    const { handler, told } = someSecurityEvents({
      transmitter: {
        issuer: issuerOf(token),
        audience: { prefix: 'ssf-receiver/' },
        jwks: keySetOf(token),
      },
    });
    for (let n = 0; n < 3; n += 1)
      expect((await push(handler, signedAgain(token))).status).toBe(202);
    expect(told).toMatchObject([[{ payload: { credential_type: 'password' } }, {}]]);
  });
});

describe('logout tokens', () => {
  // By the preset's own word about `sid` in access tokens.
  it.each<[string, string, (issuer: string, token: RecordedToken) => Provider, string]>([
    ['kc-logout-token', 'courier-web', asKeycloak, '200 session'],
    ['kc-logout-token-admin', 'courier-web', asKeycloak, '200 session'],
    ['kc-logout-token-offline', 'courier-web', asKeycloak, '200 session'],
    ['kc-push-k-logout', 'courier-web', asKeycloak, '400 issuer_unknown'],
    ['kc-push-not-before', 'courier-web', asKeycloak, '400 issuer_unknown'],
    ['hydra-logout-token', 'web', asHydra, '400 no_session_in_tokens'],
    ['hydra-logout-token-admin', 'web', asHydra, '400 no_session_in_tokens'],
    ['zop-logout-token-client-jwt', 'web', asZitadel, '200 subject'],
    ['zop-logout-token-client-leg', 'web', asZitadel, '200 subject'],
    ['zop-logout-token-api-jwt', 'web', asZitadel, '400 audience_mismatch'],
    ['zop-logout-token-api-leg', 'web', asZitadel, '400 audience_mismatch'],
  ])('%s for the client %s', async (id, clientId, preset, expected) => {
    const token = byId(id);
    const clock = fakeClock((timeOf(token) || 1_795_902_400) * 1_000);
    const revocations = memoryRevocations({ clock });
    const { handler, events } = aBackChannelLogout({
      issuer: preset(issuerOf(token), token),
      clientId,
      revocations,
      clock,
      sidInAccessTokens: undefined,
    });
    const { status } = await logOut(handler, signedAgain(token));
    const [mark] = await revocations.list();
    const why = events.map((event) =>
      'reason' in event ? event.reason : 'cause' in event ? event.cause : mark?.kind,
    );
    expect([status, ...why].join(' ')).toBe(expected);
  });

  it('eleven are recorded', () => {
    const forms = recorded.filter(({ form }) => form === 'logout-token').map(({ id }) => id);
    expect(forms).toHaveLength(11);
  });

  it('of Hydra revoke tokens if its token hook puts sid into them', async () => {
    const token = byId('hydra-logout-token');
    const clock = fakeClock(timeOf(token) * 1_000);
    const revocations = memoryRevocations({ clock });
    const { handler } = aBackChannelLogout({
      issuer: asHydra(issuerOf(token), token),
      clientId: 'web',
      revocations,
      clock,
      sidInAccessTokens: true,
    });
    expect((await logOut(handler, signedAgain(token))).status).toBe(200);
    expect(await revocations.list()).toMatchObject([{ kind: 'session' }]);
  });
});

describe('what presets say of sid in access tokens', () => {
  const signedIn = ({ kind, form, payload }: RecordedToken) =>
    kind === 'user' && form === 'jwt' && payload['sub'] !== undefined;
  const withSid = (server: string) =>
    (RECORDED.get(server) ?? [])
      .filter(signedIn)
      .map(({ id, payload }) => [id, 'sid' in payload] as const);

  it('holds for the tokens of Keycloak, except for a grant without a session', () => {
    const without = withSid('keycloak').filter(([, has]) => !has);
    expect(without.map(([id]) => id)).toEqual([
      'kc-user-jwt-bearer',
      'kc-user-sa-named-jwt-bearer',
    ]);
    expect(withSid('keycloak').length).toBeGreaterThan(20);
  });

  it.each(['oidc-provider', 'spring-authorization-server', 'zitadel-oidc', 'authly-issuer'])(
    'holds for the tokens of %s, which have none',
    (server) => {
      expect(withSid(server).length).toBeGreaterThan(0);
      expect(withSid(server).filter(([, has]) => has)).toEqual([]);
    },
  );

  it('holds for the tokens of Hydra, which have sid only by a hook or a mapping', () => {
    const ids = withSid('hydra').filter(([, has]) => has);
    expect(ids.every(([id]) => /-hook-|-top-/.test(id))).toBe(true);
  });
});

function asKeycloak(issuer: string, token: RecordedToken): Provider {
  const issuerOrAny = issuer.includes('/realms/')
    ? issuer
    : 'http://localhost:8180/realms/logistics';
  return presets.keycloak({ issuer: issuerOrAny, jwks: keySetOf(token) });
}

function asHydra(issuer: string, token: RecordedToken): Provider {
  return presets.hydra({ issuer, subjectNamespaces: 'disjoint', jwks: keySetOf(token) });
}

function asZitadel(issuer: string, token: RecordedToken): Provider {
  return presets.rfc9068({ issuer, jwks: keySetOf(token) });
}
