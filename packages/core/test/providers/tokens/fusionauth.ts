import { fusionauth } from '../../../src/providers/index.ts';
import { NO_KEYS, TIMES, type TokenTable, without } from '../token-table.ts';

const header = { alg: 'RS256', typ: 'JWT', kid: 'fak' };
const login = { ...header, gty: ['authorization_code'] };
const machine = { ...header, gty: ['client_credentials'] };

const application = '0c1d2e3f-9a9a-4b4b-8c8c-1d1d2e2e3f3f';
const api = '5e6f7a8b-2c2c-4d4d-9e9e-4f4f5a5a6b6b';
const tid = '4a3b2c1d-0f0f-4e4e-8d8d-7c7c6b6b5a5a';

const user = {
  aud: application,
  ...TIMES,
  iss: 'parcels.example',
  sub: '2f4d6a8c-1b1b-4e4e-8f8f-0a0a9b9b8c8c',
  jti: 'fa1',
  authenticationType: 'PASSWORD',
  applicationId: application,
  auth_time: TIMES.iat,
  sid: 'fs1',
  tid,
  roles: ['dispatcher'],
  scope: 'openid offline_access',
  email: 'dana@parcels.example',
  preferred_username: 'dana',
};

const client = {
  aud: api,
  ...TIMES,
  iss: 'parcels.example',
  sub: '7d9b1c3e-5a5a-4c4c-9d9d-6e6e7f7f8a8a',
  jti: 'fa2',
  permissions: ['read', 'sync'],
  scope: `target-entity:${api}:read,sync`,
  tid,
};

const asUser = {
  kind: 'user',
  id: '2f4d6a8c-1b1b-4e4e-8f8f-0a0a9b9b8c8c',
  clientId: application,
  scopes: ['openid', 'offline_access'],
  roles: ['dispatcher'],
  tenant: tid,
} as const;
const asClient = {
  kind: 'client',
  id: '7d9b1c3e-5a5a-4c4c-9d9d-6e6e7f7f8a8a',
  scopes: [`target-entity:${api}:read,sync`],
  permissions: ['read', 'sync'],
  tenant: tid,
} as const;

export const table: TokenTable = {
  preset: 'fusionauth',
  sources: [
    'https://fusionauth.io/docs/lifecycle/authenticate-users/oauth/tokens',
    'https://github.com/FusionAuth/fusionauth-site (_shared/_access-token-claims.mdx, token-exchange.mdx)',
  ],
  create: (issuer) => fusionauth({ issuer, jwks: NO_KEYS }),
  issuer: 'parcels.example',
  requires: ['aud', 'sub'],
  audience: [application, api],
  reserved: ['applicationId', 'authenticationType'],
  tokens: [
    { name: 'a user', truth: 'user', header: login, claims: user, expect: asUser },
    {
      name: 'a user whose token was refreshed and exchanged',
      truth: 'user',
      header: {
        ...header,
        gty: [
          'authorization_code',
          'refresh_token',
          'urn:ietf:params:oauth:grant-type:token-exchange',
        ],
      },
      claims: { ...user, act: { sub: '7d9b1c3e', sub_profile: 'Parcel service' } },
      expect: asUser,
    },
    { name: 'a client', truth: 'client', header: machine, claims: client, expect: asClient },
    {
      name: 'a client to which a lambda adds the claims of a person',
      truth: 'client',
      header: machine,
      claims: { ...client, email: 'dana@parcels.example', preferred_username: 'dana' },
      expect: asClient,
    },
    {
      name: 'a client with the claims of a login',
      truth: 'client',
      header: machine,
      claims: { ...client, applicationId: application },
      expect: 'refused',
    },
    {
      name: 'a client of an older version, without gty in the header',
      truth: 'client',
      header,
      claims: client,
      expect: 'refused',
    },
    {
      name: 'a client whose header lists more than strings',
      truth: 'client',
      header: { ...header, gty: ['client_credentials', 1] },
      claims: client,
      expect: 'refused',
    },
    {
      name: 'a user of version 1.60 or later, with gty in the claims',
      truth: 'user',
      header,
      claims: { ...user, gty: ['authorization_code'] },
      expect: asUser,
    },
    {
      name: 'a client of version 1.60 or later, with gty in the claims',
      truth: 'client',
      header,
      claims: { ...client, gty: ['client_credentials'] },
      expect: asClient,
    },
    {
      name: 'a client with the grant of a user in the claims, by a lambda',
      truth: 'client',
      header: machine,
      claims: { ...client, gty: ['authorization_code'] },
      expect: 'refused',
    },
    {
      name: 'an ID token of a user without registration',
      truth: 'user',
      header: login,
      claims: { ...without(user, 'applicationId'), nonce: 'n1' },
      expect: 'refused',
    },
    ...(['nonce', 'at_hash', 'c_hash'] as const).map((name) => ({
      name: `an ID token, by ${name}`,
      truth: 'user' as const,
      header: login,
      claims: { ...user, [name]: 'x' },
      expect: 'refused' as const,
    })),
    {
      name: 'a user who is not registered for the application',
      truth: 'user',
      header: login,
      claims: without(user, 'applicationId'),
      expect: 'refused',
    },
    {
      name: 'a client with the way of a login',
      truth: 'client',
      header: machine,
      claims: { ...client, authenticationType: 'PASSWORD' },
      expect: 'refused',
    },
    {
      name: 'a user without the claims of an application',
      truth: 'user',
      header: login,
      claims: without(user, 'applicationId', 'authenticationType'),
      expect: 'refused',
    },
    {
      name: 'a user with gty in header and claims, both the same',
      truth: 'user',
      header: login,
      claims: { ...user, gty: ['authorization_code'] },
      expect: asUser,
    },
    {
      name: 'a user with other grants in the claims that read alike',
      truth: 'user',
      header: { ...header, gty: ['authorization_code', 'refresh_token'] },
      claims: { ...user, gty: ['authorization_coderefresh_token'] },
      expect: 'refused',
    },
  ],
};
