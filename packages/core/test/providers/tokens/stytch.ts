import { stytch } from '../../../src/providers/index.ts';
import { NO_KEYS, TIMES, type TokenTable } from '../token-table.ts';

const header = { alg: 'RS256', typ: 'JWT', kid: 'jwk-live-1' };
const projectId = 'project-live-5b1e';
const iss = `stytch.com/${projectId}`;

const client = {
  aud: [projectId],
  ...TIMES,
  nbf: TIMES.iat,
  iss,
  scope: 'read:parcels',
  sub: 'm2m-client-live-81cc',
};

const user = {
  aud: [projectId],
  client_id: 'connected-app-live-3f',
  ...TIMES,
  nbf: TIMES.iat,
  iss,
  scope: 'openid read:parcels',
  sub: 'user-live-0001',
};

const asClient = { kind: 'client', id: 'm2m-client-live-81cc', scopes: ['read:parcels'] } as const;

export const table: TokenTable = {
  preset: 'stytch',
  sources: [
    'https://stytch.com/docs/api-reference/consumer/api/m2m/token/get-access-token',
    'https://stytch.com/docs/b2b/api/connected-app-access-token',
    'https://github.com/stytchauth/stytch-node lib/shared/sessions.ts',
  ],
  create: (issuer) => stytch({ projectId, issuer, jwks: NO_KEYS }),
  issuer: iss,
  requires: ['aud', 'sub'],
  audience: [projectId],
  tokens: [
    { name: 'a client', truth: 'client', header, claims: client, expect: asClient },
    {
      name: 'a client with what it sent as template values',
      contrived: true,
      truth: 'client',
      header,
      claims: { ...client, user_id: 'user-live-0001', client_id: 'connected-app-live-3f' },
      expect: asClient,
    },
    {
      name: 'a user through a connected application',
      truth: 'user',
      header,
      claims: user,
      expect: {
        kind: 'user',
        id: 'user-live-0001',
        clientId: 'connected-app-live-3f',
        scopes: ['openid', 'read:parcels'],
      },
    },
    {
      name: "a member's session",
      truth: 'user',
      header,
      claims: {
        aud: [projectId],
        ...TIMES,
        iss,
        sub: 'member-live-0002',
        'https://stytch.com/session': { id: 'session-1', roles: ['dispatcher'] },
        'https://stytch.com/organization': { organization_id: 'organization-live-7' },
      },
      expect: {
        kind: 'user',
        id: 'member-live-0002',
        roles: ['dispatcher'],
        tenant: 'organization-live-7',
      },
    },
    {
      name: 'a subject of another form',
      contrived: true,
      truth: 'client',
      header,
      claims: { ...client, sub: 'live-81cc' },
      expect: 'refused',
    },
  ],
};
