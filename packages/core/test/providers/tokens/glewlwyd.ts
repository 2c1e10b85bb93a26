import { glewlwyd } from '../../../src/providers/index.ts';
import { API, NO_KEYS, TIMES, type TokenTable, without } from '../token-table.ts';

const header = { typ: 'at+jwt', alg: 'RS256', kid: 'rsa-1' };
const iss = 'https://auth.parcels.example/api/oidc';

const user = {
  iss,
  client_id: 'web',
  aud: API,
  sub: '3qCFWdZLWJ78phzjFt0Xjy46GjPIY5aM',
  jti: 'gl1',
  type: 'access_token',
  ...TIMES,
  nbf: TIMES.iat,
  scope: 'openid parcels:read',
};

const client = {
  iss,
  aud: API,
  client_id: 'nightly',
  sub: 'nightly',
  ...TIMES,
  nbf: TIMES.iat,
  jti: 'gl2',
  type: 'access_token',
  scope: 'parcels:sync',
};

const asUser = {
  kind: 'user',
  id: '3qCFWdZLWJ78phzjFt0Xjy46GjPIY5aM',
  clientId: 'web',
  scopes: ['openid', 'parcels:read'],
} as const;
const asClient = { kind: 'client', id: 'nightly', scopes: ['parcels:sync'] } as const;

export const table: TokenTable = {
  preset: 'glewlwyd',
  sources: ['https://github.com/babelouest/glewlwyd src/plugin/protocol_oidc.c'],
  create: (issuer) => glewlwyd({ issuer, jwks: NO_KEYS }),
  issuer: iss,
  requires: ['aud', 'sub', 'client_id', 'iat', 'jti', 'type'],
  audience: [API],
  byComparison: true,
  tokens: [
    { name: 'a user', truth: 'user', header, claims: user, expect: asUser },
    {
      name: 'a user with an additional parameter',
      truth: 'user',
      header,
      claims: { ...user, label: 'user@example.com' },
      expect: asUser,
    },
    { name: 'a client', truth: 'client', header, claims: client, expect: asClient },
    {
      name: 'a client whose token is for its scopes, as nobody asked for an API',
      truth: 'client',
      header,
      claims: { ...client, aud: 'parcels:sync' },
      expect: 'refused',
    },
    {
      name: 'a client with a login',
      truth: 'client',
      header,
      claims: { ...client, username: 'dana' },
      expect: 'refused',
    },
    {
      name: 'a token of another type',
      truth: 'client',
      header,
      claims: { ...client, type: 'client_token' },
      expect: 'refused',
    },
    {
      name: 'a token of the older plugin',
      truth: 'user',
      header: { ...header, typ: 'JWT' },
      claims: { ...without(user, 'iss', 'aud', 'sub', 'client_id'), username: 'dana' },
      expect: 'refused',
    },
  ],
};
