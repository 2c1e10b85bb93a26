import { workos } from '../../../src/providers/index.ts';
import { NO_KEYS, TIMES, type TokenTable, without } from '../token-table.ts';

const header = { alg: 'RS256', kid: 'sso_oidc_key_1' };
const iss = 'https://brave-lake-12.authkit.app';

const user = {
  iss,
  aud: 'client_01ENV',
  sub: 'user_01AB',
  client_id: 'client_01APP',
  org_id: 'org_01QZ',
  sid: 'app_consent_01',
  jti: '01X',
  scope: 'openid profile',
  ...TIMES,
};

const client = {
  iss,
  aud: 'client_01ENV',
  sub: 'client_01M2M',
  client_id: 'client_01M2M',
  org_id: 'org_01QZ',
  jti: '01Y',
  ...TIMES,
};

const session = {
  iss: 'https://api.workos.com',
  sub: 'user_01AB',
  act: { sub: 'admin@parcels.example' },
  org_id: 'org_01QZ',
  role: 'member',
  roles: ['member'],
  permissions: ['parcels:read'],
  entitlements: ['audit-logs'],
  sid: 'session_01HQ',
  jti: '01Z',
  ...TIMES,
};

const sessions = () => workos({ sessionsOf: 'client_01ENV', jwks: NO_KEYS });

const asUser = {
  kind: 'user',
  id: 'user_01AB',
  clientId: 'client_01APP',
  scopes: ['openid', 'profile'],
  tenant: 'org_01QZ',
} as const;
const asSession = {
  kind: 'user',
  id: 'user_01AB',
  permissions: ['parcels:read'],
  roles: ['member'],
  tenant: 'org_01QZ',
} as const;

export const table: TokenTable = {
  preset: 'workos',
  sources: [
    'https://workos.com/docs/authkit/connect/token-claims',
    'https://workos.com/docs/reference/authkit/session-tokens',
  ],
  create: (issuer) => workos({ issuer, jwks: NO_KEYS }),
  issuer: iss,
  requires: ['aud', 'sub', 'jti'],
  audience: ['client_01ENV'],
  tokens: [
    { name: 'a user through an application', truth: 'user', header, claims: user, expect: asUser },
    {
      name: 'a user of an older sample, without client_id',
      truth: 'user',
      header,
      claims: without(user, 'client_id'),
      expect: {
        kind: 'user',
        id: 'user_01AB',
        scopes: ['openid', 'profile'],
        tenant: 'org_01QZ',
      },
    },
    {
      name: 'a client',
      truth: 'client',
      header,
      claims: client,
      expect: { kind: 'client', id: 'client_01M2M', tenant: 'org_01QZ' },
    },
    {
      name: 'a client with scopes that it was granted',
      truth: 'client',
      header,
      claims: { ...client, scope: 'parcels:sync' },
      expect: {
        kind: 'client',
        id: 'client_01M2M',
        scopes: ['parcels:sync'],
        tenant: 'org_01QZ',
      },
    },
    {
      name: 'an ID token, where the audience is a client id',
      truth: 'user',
      header,
      claims: {
        ...without(user, 'client_id', 'sid', 'scope'),
        email: 'dana@parcels.example',
        name: 'Dana',
      },
      expect: 'refused',
    },
    {
      name: 'a user of a token without jti',
      truth: 'user',
      header,
      claims: without(user, 'jti'),
      expect: 'refused',
    },
    ...(['nonce', 'at_hash'] as const).map((name) => ({
      name: `an ID token, by ${name}`,
      truth: 'user' as const,
      header,
      claims: { ...user, [name]: 'x' },
      expect: 'refused' as const,
    })),
    {
      name: 'an ID token where sessions are expected',
      truth: 'user',
      header,
      provider: sessions,
      requires: ['sub', 'sid'],
      claims: { ...session, nonce: 'n1' },
      expect: 'refused',
    },
    {
      name: 'a client with a session',
      truth: 'client',
      header,
      claims: { ...client, sid: 'app_consent_01' },
      expect: 'refused',
    },
    {
      name: 'a client without client_id',
      truth: 'client',
      header,
      claims: without(client, 'client_id'),
      expect: 'refused',
    },
    {
      name: 'a client that has the id of a user',
      truth: 'client',
      header,
      claims: { ...client, sub: 'user_01AB', client_id: 'user_01AB' },
      expect: 'refused',
    },
    {
      name: "a user's session, impersonated",
      truth: 'user',
      header,
      provider: sessions,
      claims: session,
      expect: asSession,
    },
    {
      name: "a user's session with one role, as older ones have it",
      truth: 'user',
      header,
      provider: sessions,
      claims: { ...without(session, 'roles', 'act'), client_id: 'client_01ENV' },
      expect: { ...asSession, clientId: 'client_01ENV' },
    },
    {
      name: 'a session of another environment',
      truth: 'user',
      header,
      provider: sessions,
      claims: { ...session, client_id: 'client_02ENV' },
      expect: 'refused',
    },
    {
      name: 'a client where sessions are expected',
      truth: 'client',
      header,
      provider: sessions,
      claims: { ...client, aud: 'client_01ENV' },
      expect: 'refused',
    },
    {
      name: 'a session whose sid is that of no session',
      truth: 'user',
      header,
      provider: sessions,
      claims: { ...session, sid: 'x_session_01' },
      expect: 'refused',
    },
    {
      name: 'a session for another audience',
      truth: 'user',
      header,
      provider: sessions,
      claims: { ...session, aud: 'client_02ENV' },
      expect: 'refused',
    },
  ],
};
