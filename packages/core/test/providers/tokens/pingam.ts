import { pingam } from '../../../src/providers/index.ts';
import { API, NO_KEYS, TIMES, type TokenTable } from '../token-table.ts';

const header = { typ: 'JWT', alg: 'RS256', kid: 'amk' };
const iss = 'https://am.parcels.example/am/oauth2/realms/root/realms/north';

const user = {
  sub: '(usr!dana)',
  subname: 'dana',
  iss,
  ...TIMES,
  nbf: TIMES.iat,
  auth_time: TIMES.iat,
  realm: '/north',
  scope: ['openid', 'parcels'],
  aud: 'courier-web',
  grant_type: 'authorization_code',
};

const client = {
  sub: '(age!nightly-sync)',
  subname: 'nightly-sync',
  iss,
  ...TIMES,
  nbf: TIMES.iat,
  auth_time: TIMES.iat,
  realm: '/north',
  scope: ['sync'],
  aud: 'nightly-sync',
  grant_type: 'client_credentials',
};

const asUser = {
  kind: 'user',
  id: '(usr!dana)',
  clientId: 'courier-web',
  scopes: ['openid', 'parcels'],
  tenant: '/north',
} as const;
const asClient = {
  kind: 'client',
  id: 'nightly-sync',
  scopes: ['sync'],
  tenant: '/north',
} as const;

export const table: TokenTable = {
  preset: 'pingam',
  sources: ['https://docs.pingidentity.com/pingam/8/am-oidc1/rest-api-oidc-userinfo-endpoint.html'],
  create: (issuer) => pingam({ issuer, jwks: NO_KEYS }),
  issuer: iss,
  requires: ['aud', 'sub'],
  audience: ['courier-web', 'nightly-sync', API],
  tokens: [
    { name: 'a user', truth: 'user', header, claims: user, expect: asUser },
    {
      name: 'a user, with the audience of the API, the client named, and scopes in a string',
      truth: 'user',
      header,
      claims: {
        ...user,
        aud: [API],
        client_id: 'courier-web',
        scope: 'openid parcels',
        tokenName: 'access_token',
      },
      expect: asUser,
    },
    { name: 'a client', truth: 'client', header, claims: client, expect: asClient },
    {
      name: 'a client with a bare subject, as older settings have it',
      truth: 'client',
      header,
      claims: { ...client, sub: 'nightly-sync' },
      expect: 'refused',
    },
    {
      name: 'a user with a bare subject, as older settings have it',
      truth: 'user',
      header,
      claims: { ...user, sub: 'dana' },
      expect: 'refused',
    },
    {
      name: "a user's subject by a list of grants that names client credentials",
      truth: 'client',
      header,
      claims: { ...client, sub: '(usr!dana)', grant_type: ['client_credentials'] },
      expect: 'refused',
    },
    {
      name: "a user's subject by client credentials",
      truth: 'client',
      header,
      claims: { ...client, sub: '(usr!dana)' },
      expect: 'refused',
    },
    {
      name: 'a subject without a name',
      truth: 'client',
      header,
      claims: { ...client, sub: '(age!)' },
      expect: 'refused',
    },
    {
      name: 'an ID token',
      truth: 'user',
      header,
      claims: { ...user, tokenName: 'id_token' },
      expect: 'refused',
    },
  ],
};
