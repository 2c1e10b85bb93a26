import { pingone } from '../../../src/providers/index.ts';
import { API, NO_KEYS, TIMES, type TokenTable, without } from '../token-table.ts';

const header = { alg: 'RS256', kid: 'default' };
const iss = 'https://auth.pingone.eu/6b1e0c44-3d3d-4e4e-8f8f-9a9a0b0b1c1c/as';

const user = {
  client_id: 'd0c9b8a7-1111-4aaa-8bbb-222233334444',
  iss,
  jti: 'p1',
  ...TIMES,
  aud: [API],
  scope: 'parcels:read',
  sub: 'c5d4e3f2-5555-4ccc-8ddd-666677778888',
  sid: 'ps1',
  auth_time: 1_789_999_997,
  acr: 'Single_Factor',
  'p1.rid': 'r1',
  'p1.permissions': ['parcel:read'],
  act: 'noActor',
};

const client = {
  client_id: 'a7b8c9d0-9999-4eee-8fff-000011112222',
  iss,
  jti: 'p2',
  ...TIMES,
  aud: [API],
  scope: 'parcels:sync',
  'p1.rid': 'r2',
};

const asUser = {
  kind: 'user',
  id: 'c5d4e3f2-5555-4ccc-8ddd-666677778888',
  clientId: 'd0c9b8a7-1111-4aaa-8bbb-222233334444',
  scopes: ['parcels:read'],
  permissions: ['parcel:read'],
} as const;
const asClient = {
  kind: 'client',
  id: 'a7b8c9d0-9999-4eee-8fff-000011112222',
  scopes: ['parcels:sync'],
} as const;

export const table: TokenTable = {
  preset: 'pingone',
  sources: [
    'https://developer.pingidentity.com/pingone-api/foundations/authentication-concepts/access-tokens-and-id-tokens/token-claims.html',
    'https://docs.pingidentity.com/pingone/applications/p1_customize_access_token.html',
  ],
  create: (issuer) => pingone({ issuer, jwks: NO_KEYS }),
  issuer: iss,
  requires: ['aud', 'client_id'],
  audience: [API],
  reserved: ['auth_time', 'sid', 'acr'],
  tokens: [
    { name: 'a user', truth: 'user', header, claims: user, expect: asUser },
    {
      name: 'a user, with typ and one claim of the login',
      truth: 'user',
      header: { ...header, typ: 'at+jwt' },
      claims: without(user, 'sid', 'acr', 'act'),
      expect: asUser,
      onlyMarks: ['sub', 'auth_time'],
    },
    { name: 'a client', truth: 'client', header, claims: client, expect: asClient },
    {
      name: 'a client with a mapped sub',
      truth: 'client',
      header,
      claims: { ...client, sub: 'dana' },
      expect: 'refused',
    },
    {
      name: 'a client with a mapped sub that is its id, and a login',
      truth: 'client',
      header,
      claims: { ...client, sub: client.client_id, acr: 'Single_Factor' },
      expect: 'refused',
    },
    {
      name: 'a client with a login, and no sub',
      truth: 'client',
      header,
      claims: { ...client, auth_time: TIMES.iat },
      expect: 'refused',
    },
    {
      name: 'a login of another type than documented',
      truth: 'user',
      header,
      claims: { ...user, auth_time: '1789999997' },
      expect: 'refused',
    },
    {
      name: 'an ID token, which has no client_id',
      truth: 'user',
      header,
      claims: without(user, 'client_id', 'scope'),
      expect: 'refused',
    },
    ...['sid', 'acr'].flatMap((name) => [
      {
        name: `a user whose ${name} is a number`,
        truth: 'user' as const,
        header,
        claims: { ...user, [name]: 7 },
        expect: 'refused' as const,
      },
      {
        name: `a user of whose login ${name} alone tells`,
        truth: 'user' as const,
        header,
        claims: { ...without(user, 'auth_time', 'sid', 'acr'), [name]: 'x' },
        expect: asUser,
        onlyMarks: ['sub', name],
      },
    ]),
  ],
};
