import { duende } from '../../../src/providers/index.ts';
import { NO_KEYS, TIMES, type TokenTable, without } from '../token-table.ts';

const header = { alg: 'RS256', kid: 'duk', typ: 'at+jwt' };
const iss = 'https://id.parcels.example';

const user = {
  iss,
  nbf: TIMES.iat,
  ...TIMES,
  aud: 'parcels',
  scope: ['openid', 'parcels.read'],
  amr: ['pwd'],
  client_id: 'web',
  sub: '88421',
  auth_time: 1_789_999_991,
  idp: 'local',
  sid: 'D1',
  jti: 'D2',
};

const client = {
  iss,
  nbf: TIMES.iat,
  ...TIMES,
  aud: 'parcels',
  scope: ['parcels.sync'],
  client_id: 'nightly-sync',
  client_region: 'eu',
  jti: 'D3',
};

const asUser = {
  kind: 'user',
  id: '88421',
  clientId: 'web',
  scopes: ['openid', 'parcels.read'],
} as const;
const asClient = { kind: 'client', id: 'nightly-sync', scopes: ['parcels.sync'] } as const;

export const table: TokenTable = {
  preset: 'duende',
  sources: [
    'https://github.com/DuendeSoftware/products identity-server/src/IdentityServer/Services/Default/DefaultClaimsService.cs',
    'https://github.com/DuendeSoftware/products identity-server/src/IdentityServer/Extensions/TokenExtensions.cs',
  ],
  create: (issuer) => duende({ issuer, jwks: NO_KEYS }),
  issuer: iss,
  requires: ['aud', 'client_id', 'scope'],
  audience: ['parcels'],
  reserved: ['amr', 'idp'],
  tokens: [
    { name: 'a user', truth: 'user', header, claims: user, expect: asUser },
    {
      name: 'a user, with scopes in a string and no typ',
      truth: 'user',
      header: { alg: 'RS256', kid: 'duk' },
      claims: { ...user, scope: 'openid parcels.read', aud: ['labels', 'parcels'] },
      expect: asUser,
    },
    {
      name: 'a user for whom a client acts, without a subject of its own',
      truth: 'user',
      header,
      claims: { ...user, client_id: 'gateway', act: { client_id: 'web' } },
      expect: { ...asUser, clientId: 'gateway' },
    },
    {
      name: 'a user whose client sends its own claims too',
      truth: 'user',
      header,
      claims: { ...user, client_sub: 'x', client_region: 'eu' },
      expect: asUser,
    },
    { name: 'a client', truth: 'client', header, claims: client, expect: asClient },
    {
      name: 'a client, with the type of IdentityServer4',
      truth: 'client',
      header: { ...header, typ: 'JWT' },
      claims: client,
      expect: asClient,
    },
    {
      name: 'a client whose own claims have no prefix: its id as sub',
      truth: 'client',
      header,
      claims: { ...client, sub: 'nightly-sync' },
      expect: 'refused',
    },
    {
      name: 'a client whose own claims have no prefix: two subjects',
      truth: 'client',
      header,
      claims: { ...client, sub: ['88421', '88422'] },
      expect: 'refused',
    },
    {
      name: 'the claims of a login without a user',
      truth: 'client',
      header,
      claims: { ...client, idp: 'local', amr: ['pwd'] },
      expect: 'refused',
    },
    {
      name: 'an ID token, which has no client_id',
      truth: 'user',
      header: { ...header, typ: 'JWT' },
      claims: without(user, 'client_id', 'scope'),
      expect: 'refused',
    },
  ],
};
