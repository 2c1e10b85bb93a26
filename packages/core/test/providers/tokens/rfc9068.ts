import { rfc9068 } from '../../../src/providers/index.ts';
import { API, NO_KEYS, TIMES, type TokenTable, without } from '../token-table.ts';

const header = { typ: 'at+jwt', alg: 'RS256', kid: 'g1' };

const user = {
  iss: 'https://as.parcels.example',
  sub: 'u-7f31c0',
  aud: API,
  client_id: 'courier-web',
  ...TIMES,
  jti: 'f0a91c',
  scope: 'parcels:read parcels:track',
  auth_time: 1_789_999_970,
  acr: 'urn:example:loa2',
  roles: ['dispatcher'],
};

const client = {
  iss: 'https://as.parcels.example',
  sub: 'route-planner',
  aud: API,
  client_id: 'route-planner',
  ...TIMES,
  jti: '0bd712',
  scope: 'parcels:write',
};

const asClient = { kind: 'client', id: 'route-planner', scopes: ['parcels:write'] } as const;
const asUser = {
  kind: 'user',
  id: 'u-7f31c0',
  clientId: 'courier-web',
  scopes: ['parcels:read', 'parcels:track'],
  roles: ['dispatcher'],
} as const;

export const table: TokenTable = {
  preset: 'rfc9068',
  sources: [
    'https://www.rfc-editor.org/rfc/rfc9068#section-2.2',
    'https://www.rfc-editor.org/rfc/rfc8693#section-4.1',
    'https://www.rfc-editor.org/rfc/rfc9700#section-4.15',
  ],
  create: (issuer) => rfc9068({ issuer, jwks: NO_KEYS }),
  issuer: 'https://as.parcels.example',
  requires: ['aud', 'sub', 'client_id', 'iat', 'jti'],
  audience: [API],
  byComparison: true,
  tokens: [
    { name: 'a user', truth: 'user', header, claims: user, expect: asUser },
    { name: 'a client', truth: 'client', header, claims: client, expect: asClient },
    {
      name: 'a client, with the media type in full and two audiences',
      truth: 'client',
      header: { ...header, typ: 'application/at+jwt' },
      claims: { ...client, aud: [API, 'https://labels.parcels.example'] },
      expect: asClient,
    },
    {
      name: 'a user through a gateway',
      truth: 'user',
      header,
      claims: {
        ...without(user, 'roles'),
        client_id: 'gateway',
        act: { sub: 'gateway', act: { sub: 'admin-console' } },
      },
      expect: {
        kind: 'user',
        id: 'u-7f31c0',
        clientId: 'gateway',
        scopes: ['parcels:read', 'parcels:track'],
      },
    },
    {
      name: 'a user with groups as SCIM objects, and entitlements',
      truth: 'user',
      header,
      claims: {
        ...user,
        groups: [{ value: 'g-north', display: 'North' }],
        entitlements: ['labels.print'],
      },
      expect: { ...asUser, groups: ['g-north'], permissions: ['labels.print'] },
    },
    ...[['dispatcher', 7], ['dispatcher', { value: 7 }], [null], 'dispatcher'].map((roles) => ({
      name: `a user with roles that are none: ${JSON.stringify(roles)}`,
      truth: 'user' as const,
      header,
      claims: { ...user, roles },
      expect: { ...without(asUser, 'roles'), kind: 'user' as const, id: asUser.id },
    })),
    {
      name: 'a user without the claims of a login',
      truth: 'user',
      header,
      claims: without(user, 'auth_time', 'acr', 'roles', 'scope'),
      expect: { kind: 'user', id: 'u-7f31c0', clientId: 'courier-web' },
    },
    {
      name: "a client that chose a user's id as its own",
      truth: 'client',
      header,
      claims: { ...client, sub: 'u-7f31c0', client_id: 'u-7f31c0' },
      expect: { ...asClient, id: 'u-7f31c0' },
    },
    {
      name: "a user whose id is the client's",
      truth: 'user',
      header,
      claims: { ...user, sub: 'courier-web' },
      expect: 'refused',
    },
    {
      name: 'a client in the manner of Auth0',
      truth: 'client',
      header,
      claims: { ...client, sub: 'route-planner@clients' },
      expect: 'refused',
    },
    {
      name: 'a client in the manner of Keycloak',
      truth: 'client',
      header,
      claims: { ...client, sub: '0f9e8d7c', preferred_username: 'service-account-route-planner' },
      expect: 'refused',
    },
    {
      name: 'a client in the manner of PingOne, with a mapped sub',
      truth: 'client',
      header,
      claims: { ...client, sub: 'mapped', 'p1.rid': 'r1' },
      expect: 'refused',
    },
    {
      name: 'a client whose grant is named',
      truth: 'client',
      header,
      claims: { ...client, sub: 'mapped', gty: ['client_credentials'] },
      expect: 'refused',
    },
    {
      name: 'an ID token of a server that gives it the type of access tokens, by nonce',
      truth: 'user',
      header,
      claims: { ...user, nonce: 'n-0S6_WzA2Mj' },
      expect: 'refused',
    },
    {
      name: 'a token of another type',
      truth: 'user',
      header: { ...header, typ: 'JWT' },
      claims: user,
      expect: 'refused',
    },
    ...['aud', 'sub', 'client_id', 'iat', 'jti', 'exp'].map((claim) => ({
      name: `a user without ${claim}`,
      truth: 'user' as const,
      header,
      claims: without(user, claim),
      expect: 'refused' as const,
    })),
    {
      name: 'scopes in a list',
      truth: 'user',
      header,
      claims: { ...user, scope: ['parcels:read'] },
      expect: 'refused',
    },
  ],
};
