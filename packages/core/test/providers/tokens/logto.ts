import { logto } from '../../../src/providers/index.ts';
import { API, NO_KEYS, TIMES, type TokenTable, without } from '../token-table.ts';

const header = { alg: 'ES384', typ: 'at+jwt', kid: 'lgk' };
const iss = 'https://pk7d2.logto.app/oidc';

const user = {
  jti: 'lg1',
  sub: 'u3x9q1z7',
  ...TIMES,
  scope: 'read:parcels',
  client_id: 'w8k2m4',
  iss,
  aud: API,
  organization_id: 'orgp31',
};

const client = {
  jti: 'lg2',
  sub: 'm2p6r8',
  ...TIMES,
  scope: 'sync:parcels',
  client_id: 'm2p6r8',
  iss,
  aud: API,
};

const asUser = {
  kind: 'user',
  id: 'u3x9q1z7',
  clientId: 'w8k2m4',
  scopes: ['read:parcels'],
  tenant: 'orgp31',
} as const;
const asClient = { kind: 'client', id: 'm2p6r8', scopes: ['sync:parcels'] } as const;

export const table: TokenTable = {
  preset: 'logto',
  sources: [
    'https://github.com/logto-io/logto packages/core/src/oidc/extra-token-claims.ts',
    'https://github.com/logto-io/logto packages/core/src/oidc/grants/client-credentials.ts',
  ],
  create: (issuer) => logto({ issuer, jwks: NO_KEYS }),
  issuer: iss,
  requires: ['aud', 'sub', 'client_id', 'iat', 'jti'],
  audience: [API, 'urn:logto:organization:orgp31'],
  byComparison: true,
  tokens: [
    { name: 'a user', truth: 'user', header, claims: user, expect: asUser },
    {
      name: 'a user whose token is for an organization',
      truth: 'user',
      header,
      claims: { ...without(user, 'organization_id'), aud: 'urn:logto:organization:orgp31' },
      expect: asUser,
    },
    {
      name: 'a user for whom another acts',
      truth: 'user',
      header,
      claims: { ...user, act: { sub: 'u-support' } },
      expect: asUser,
    },
    { name: 'a client', truth: 'client', header, claims: client, expect: asClient },
    {
      name: 'a client whose token is for an organization',
      truth: 'client',
      header,
      claims: { ...client, aud: ['urn:logto:organization:orgp31'] },
      expect: { ...asClient, tenant: 'orgp31' },
    },
    {
      name: 'a client with a login',
      truth: 'client',
      header,
      claims: { ...client, auth_time: TIMES.iat },
      expect: 'refused',
    },
  ],
};
