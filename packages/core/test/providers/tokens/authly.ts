import { authly } from '../../../src/providers/index.ts';
import { API, NO_KEYS, TIMES, type TokenTable, without } from '../token-table.ts';

const header = { typ: 'at+jwt', alg: 'ES256', kid: 'a1' };

const user = {
  iss: 'https://auth.parcels.example',
  sub: 'google|104400',
  sub_type: 'user',
  aud: API,
  client_id: 'courier-web',
  ...TIMES,
  jti: 'au1',
  scope: 'parcels:read',
  tenant_id: 'north',
};

const client = {
  iss: 'https://auth.parcels.example',
  sub: 'nightly-sync',
  sub_type: 'client',
  aud: API,
  client_id: 'nightly-sync',
  ...TIMES,
  jti: 'au2',
  scope: 'parcels:sync',
};

export const table: TokenTable = {
  preset: 'authly',
  sources: ['packages/issuer/src/access-token-claims.ts'],
  create: (issuer) => authly({ issuer, jwks: NO_KEYS }),
  issuer: 'https://auth.parcels.example',
  requires: ['aud', 'sub', 'client_id', 'iat', 'jti', 'sub_type'],
  audience: [API],
  reserved: ['sub_type'],
  tokens: [
    {
      name: 'a user',
      truth: 'user',
      header,
      claims: user,
      expect: {
        kind: 'user',
        id: 'google|104400',
        clientId: 'courier-web',
        scopes: ['parcels:read'],
        tenant: 'north',
      },
    },
    {
      name: 'a user with roles, groups and permissions',
      truth: 'user',
      header,
      claims: {
        ...without(user, 'tenant_id', 'scope'),
        roles: ['dispatcher'],
        groups: ['north'],
        permissions: ['labels.print'],
      },
      expect: {
        kind: 'user',
        id: 'google|104400',
        clientId: 'courier-web',
        roles: ['dispatcher'],
        groups: ['north'],
        permissions: ['labels.print'],
      },
    },
    {
      name: 'a client',
      truth: 'client',
      header,
      claims: client,
      expect: { kind: 'client', id: 'nightly-sync', scopes: ['parcels:sync'] },
    },
    {
      name: 'a client called a user',
      truth: 'client',
      header,
      claims: { ...client, sub_type: 'user' },
      expect: 'refused',
    },
    {
      name: 'a user called a client',
      truth: 'user',
      header,
      claims: { ...user, sub_type: 'client' },
      expect: 'refused',
    },
    {
      name: 'a subject of another type',
      truth: 'client',
      header,
      claims: { ...client, sub_type: 'device' },
      expect: 'refused',
    },
    {
      name: 'a subject of no type',
      truth: 'client',
      header,
      claims: without(client, 'sub_type'),
      expect: 'refused',
    },
    {
      name: 'a token of another type',
      truth: 'user',
      header: { ...header, typ: 'JWT' },
      claims: user,
      expect: 'refused',
    },
    {
      name: 'a client of another type',
      truth: 'client',
      header,
      claims: { ...client, sub_type: 'service' },
      expect: 'refused',
    },
  ],
};
