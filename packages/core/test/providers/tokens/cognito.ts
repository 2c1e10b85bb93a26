import { cognito } from '../../../src/providers/index.ts';
import { API, NO_KEYS, TIMES, type TokenTable, without } from '../token-table.ts';

const header = { kid: 'cgk', alg: 'RS256' };
const iss = 'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Zk3Pq9';

const user = {
  sub: '5f1c7a0e-0b0b-4c4c-8d8d-9e9e0f0f1a1a',
  'cognito:groups': ['dispatch'],
  iss,
  version: 2,
  client_id: '6k2v9h',
  origin_jti: 'o1',
  token_use: 'access',
  scope: 'openid parcels/read',
  auth_time: 1_789_999_990,
  ...TIMES,
  jti: 'j1',
  username: 'dana',
};

const client = {
  sub: '1p8s3d',
  token_use: 'access',
  scope: 'parcels/sync',
  auth_time: 1_790_000_000,
  iss,
  ...TIMES,
  version: 2,
  jti: 'j2',
  client_id: '1p8s3d',
};

const asUser = {
  kind: 'user',
  id: '5f1c7a0e-0b0b-4c4c-8d8d-9e9e0f0f1a1a',
  clientId: '6k2v9h',
  scopes: ['openid', 'parcels/read'],
  groups: ['dispatch'],
} as const;
const asClient = { kind: 'client', id: '1p8s3d', scopes: ['parcels/sync'] } as const;

export const table: TokenTable = {
  preset: 'cognito',
  sources: [
    'https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-lambda-pre-token-generation.html',
    'https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-access-token.html',
  ],
  create: (issuer) => cognito({ issuer, jwks: NO_KEYS, clientIds: ['6k2v9h', '1p8s3d'] }),
  issuer: iss,
  requires: ['client_id', 'sub', 'token_use'],
  audience: [],
  reserved: ['username'],
  tokens: [
    { name: 'a user', truth: 'user', header, claims: user, expect: asUser },
    {
      name: 'a user, by the issuer that AWS recommends',
      truth: 'user',
      header,
      claims: {
        ...user,
        iss: 'https://issuer-cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Zk3Pq9',
      },
      expect: asUser,
    },
    {
      name: 'a user who signed in by the API',
      truth: 'user',
      header,
      claims: {
        ...without(user, 'cognito:groups', 'version'),
        scope: 'aws.cognito.signin.user.admin',
      },
      expect: {
        kind: 'user',
        id: '5f1c7a0e-0b0b-4c4c-8d8d-9e9e0f0f1a1a',
        clientId: '6k2v9h',
        scopes: ['aws.cognito.signin.user.admin'],
      },
    },
    {
      name: 'a user with an aud that a trigger added',
      truth: 'user',
      header,
      claims: { ...user, aud: '6k2v9h' },
      expect: asUser,
    },
    {
      name: 'a user with an aud that is a resource of ours',
      truth: 'user',
      header,
      provider: () =>
        cognito({
          userPoolId: 'eu-west-1_Zk3Pq9',
          jwks: NO_KEYS,
          clientIds: ['6k2v9h'],
          resources: [API],
        }),
      claims: { ...user, aud: [API] },
      expect: asUser,
    },
    {
      name: 'a user with an aud that names an application of ours among others',
      truth: 'user',
      header,
      claims: { ...user, aud: ['https://other.parcels.example', '6k2v9h'] },
      expect: asUser,
    },
    {
      name: 'a user whose name is of another type',
      truth: 'user',
      header,
      claims: { ...user, username: 7 },
      expect: 'refused',
    },
    { name: 'a client', truth: 'client', header, claims: client, expect: asClient },
    {
      name: 'a client with what it sent as metadata',
      truth: 'client',
      header,
      claims: { ...client, user_id: 'dana', email: 'dana@parcels.example' },
      expect: asClient,
    },
    {
      name: 'a client with the name of a user',
      truth: 'client',
      header,
      claims: { ...client, username: 'dana' },
      expect: 'refused',
    },
    {
      name: 'a user without a name',
      truth: 'user',
      header,
      claims: without(user, 'username'),
      expect: 'refused',
    },
    {
      name: 'a client that is not on the list',
      truth: 'client',
      header,
      claims: { ...client, sub: '9z9z9z', client_id: '9z9z9z' },
      expect: 'refused',
    },
    {
      name: 'a token for another resource',
      truth: 'user',
      header,
      claims: { ...user, aud: 'https://other.parcels.example' },
      expect: 'refused',
    },
    {
      name: 'an ID token',
      truth: 'user',
      header,
      claims: { ...user, token_use: 'id', aud: '6k2v9h' },
      expect: 'refused',
    },
  ],
};
