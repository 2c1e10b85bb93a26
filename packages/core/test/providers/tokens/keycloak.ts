import { keycloak } from '../../../src/providers/index.ts';
import { NO_KEYS, TIMES, type TokenTable, without } from '../token-table.ts';

const header = { alg: 'RS256', typ: 'JWT', kid: 'kck' };
const iss = 'https://sso.parcels.example/realms/logistics';

const user = {
  ...TIMES,
  auth_time: 1_789_999_980,
  jti: 'k1',
  iss,
  aud: ['parcels-api', 'account'],
  sub: 'a1b2c3d4-0000-4000-8000-00000000abcd',
  typ: 'Bearer',
  azp: 'courier-web',
  sid: 's1',
  acr: '1',
  realm_access: { roles: ['offline_access', 'dispatcher'] },
  resource_access: { 'parcels-api': { roles: ['reader'] } },
  scope: 'openid profile email',
  preferred_username: 'dana',
  email: 'dana@parcels.example',
};

const client = {
  ...TIMES,
  jti: 'k2',
  iss,
  aud: 'parcels-api',
  sub: '0f9e8d7c-0000-4000-8000-00000000ef01',
  typ: 'Bearer',
  azp: 'nightly-sync',
  acr: '1',
  realm_access: { roles: ['sync'] },
  scope: 'profile email',
  clientHost: '10.2.0.7',
  clientAddress: '10.2.0.7',
  client_id: 'nightly-sync',
  preferred_username: 'service-account-nightly-sync',
};

const asUser = {
  kind: 'user',
  id: 'a1b2c3d4-0000-4000-8000-00000000abcd',
  clientId: 'courier-web',
  scopes: ['openid', 'profile', 'email'],
  roles: ['offline_access', 'dispatcher', 'parcels-api:reader'],
} as const;
const asClient = {
  kind: 'client',
  id: 'nightly-sync',
  scopes: ['profile', 'email'],
  roles: ['sync'],
} as const;

export const table: TokenTable = {
  preset: 'keycloak',
  sources: [
    'https://github.com/keycloak/keycloak services/src/main/java/org/keycloak/protocol/oidc/OIDCLoginProtocolFactory.java',
    'https://github.com/keycloak/keycloak services/src/main/java/org/keycloak/protocol/oidc/grants/ClientCredentialsGrantType.java',
    'https://www.keycloak.org/docs/latest/upgrading/ (changes of 25.0.0)',
  ],
  create: (issuer) => keycloak({ issuer, jwks: NO_KEYS }),
  issuer: iss,
  audience: ['parcels-api'],
  reserved: ['preferred_username'],
  tokens: [
    { name: 'a user', truth: 'user', header, claims: user, expect: asUser },
    {
      name: 'a user of a client with the header of RFC 9068',
      truth: 'user',
      header: { ...header, typ: 'at+jwt' },
      claims: user,
      expect: asUser,
    },
    {
      name: 'a user with client_id mapped in, without roles',
      truth: 'user',
      header,
      claims: { ...without(user, 'realm_access', 'resource_access'), client_id: 'courier-web' },
      expect: {
        kind: 'user',
        id: 'a1b2c3d4-0000-4000-8000-00000000abcd',
        clientId: 'courier-web',
        scopes: ['openid', 'profile', 'email'],
      },
    },
    {
      name: 'a user with a bound token',
      truth: 'user',
      header,
      claims: { ...user, typ: 'DPoP', cnf: { jkt: '0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I' } },
      expect: asUser,
    },
    { name: 'a client', truth: 'client', header, claims: client, expect: asClient },
    {
      name: 'a client of an older release',
      truth: 'client',
      header,
      claims: { ...without(client, 'client_id'), clientId: 'nightly-sync' },
      expect: asClient,
    },
    {
      name: 'a client whose id has capitals, as the user name has not',
      truth: 'client',
      header,
      claims: {
        ...without(client, 'clientHost', 'clientAddress'),
        azp: 'Nightly-Sync',
        client_id: 'Nightly-Sync',
      },
      expect: { ...asClient, id: 'Nightly-Sync' },
    },
    {
      name: 'a client without the scope profile',
      truth: 'client',
      header,
      claims: without(client, 'preferred_username'),
      expect: asClient,
    },
    {
      name: 'a client with roles of other clients',
      truth: 'client',
      header,
      claims: {
        ...client,
        realm_access: { roles: ['admin', 'parcels-api:reader'] },
        resource_access: { other: { roles: ['admin'] }, 'a:b': { roles: ['c'] } },
      },
      expect: {
        ...asClient,
        roles: ['admin', 'parcels-api%3Areader', 'other:admin', 'a%3Ab:c'],
      },
    },
    {
      name: 'a service account without client_id',
      truth: 'client',
      header,
      claims: without(client, 'client_id'),
      expect: 'refused',
    },
    {
      name: 'a service account of another client',
      truth: 'client',
      header,
      claims: { ...client, preferred_username: 'service-account-other' },
      expect: 'refused',
    },
    {
      name: 'a service account renamed to look like a person',
      truth: 'client',
      header,
      claims: { ...client, preferred_username: 'dana' },
      expect: 'refused',
    },
    {
      name: 'a service account renamed, where client_id is mapped in for everybody',
      truth: 'client',
      header,
      claims: {
        ...without(client, 'clientHost', 'clientAddress'),
        preferred_username: 'dana',
      },
      expect: 'refused',
    },
    {
      name: 'a lightweight token of a client, without any mark',
      truth: 'client',
      header,
      claims: without(
        client,
        'preferred_username',
        'clientHost',
        'clientAddress',
        'client_id',
        'scope',
      ),
      expect: 'refused',
    },
    {
      name: 'a client with client_id alone',
      truth: 'client',
      header,
      claims: without(client, 'preferred_username', 'clientHost', 'clientAddress'),
      expect: 'refused',
    },
    {
      name: 'a user with the name of a service account',
      truth: 'user',
      header,
      claims: { ...user, preferred_username: 'Service-Account-Courier-Web' },
      expect: 'refused',
    },
    {
      name: 'a user without the scope basic, whose sub is missing',
      truth: 'user',
      header,
      claims: without(user, 'sub', 'auth_time'),
      expect: 'refused',
    },
    {
      name: 'an ID token',
      truth: 'user',
      header,
      claims: { ...user, typ: 'ID' },
      expect: 'refused',
    },
    {
      name: 'a refresh token',
      truth: 'user',
      header,
      claims: { ...user, typ: 'Refresh' },
      expect: 'refused',
    },
    {
      name: 'a token that calls itself bound, and is not',
      truth: 'user',
      header,
      claims: { ...user, typ: 'DPoP' },
      expect: 'refused',
    },
  ],
};
