import { kinde } from '../../../src/providers/index.ts';
import { API, NO_KEYS, TIMES, type TokenTable, without } from '../token-table.ts';

const header = { alg: 'RS256', kid: 'kik' };
const iss = 'https://parcels.kinde.com';

const user = {
  aud: [API],
  azp: '5d1c77aa',
  ...TIMES,
  iss,
  jti: 'ki1',
  org_code: 'org_4b2',
  permissions: ['view:parcels'],
  scp: ['openid', 'profile'],
  sub: 'kp_71aa0c',
  feature_flags: {},
};

const client = {
  aud: [API],
  azp: '9e2b40cc',
  ...TIMES,
  gty: ['client_credentials'],
  iss,
  jti: 'ki2',
  org_code: 'org_4b2',
  scope: 'read:parcels',
  scp: ['read:parcels', 'delete:parcels'],
  v: '2',
};

const asUser = {
  kind: 'user',
  id: 'kp_71aa0c',
  clientId: '5d1c77aa',
  scopes: ['openid', 'profile'],
  permissions: ['view:parcels'],
  tenant: 'org_4b2',
} as const;
const asClient = {
  kind: 'client',
  id: '9e2b40cc',
  scopes: ['read:parcels'],
  tenant: 'org_4b2',
} as const;

export const table: TokenTable = {
  preset: 'kinde',
  sources: [
    'https://docs.kinde.com/build/tokens/about-access-tokens/',
    'https://docs.kinde.com/machine-to-machine-applications/about-m2m/token-structure-and-claims-for-m2m-applications/',
  ],
  create: (issuer) => kinde({ issuer, jwks: NO_KEYS }),
  issuer: iss,
  requires: ['aud', 'azp'],
  audience: [API],
  tokens: [
    { name: 'a user', truth: 'user', header, claims: user, expect: asUser },
    {
      name: 'a user with the older form of subject, and typ',
      truth: 'user',
      header: { ...header, typ: 'JWT' },
      claims: { ...user, sub: 'kp:71aa0c' },
      expect: { ...asUser, id: 'kp:71aa0c' },
    },
    {
      name: 'a client that asked for more than it was granted',
      truth: 'client',
      header,
      claims: client,
      expect: asClient,
    },
    {
      name: 'a client that was granted nothing, and is of no organization',
      truth: 'client',
      header,
      claims: without(client, 'scope', 'org_code'),
      expect: { kind: 'client', id: '9e2b40cc' },
    },
    {
      name: 'an ID token, where the audience is a client id',
      truth: 'user',
      header,
      claims: {
        ...without(user, 'scp', 'permissions', 'feature_flags'),
        auth_time: TIMES.iat,
        email: 'dana@parcels.example',
      },
      expect: 'refused',
    },
    ...(['at_hash', 'nonce'] as const).map((name) => ({
      name: `an ID token, by ${name}`,
      truth: 'user' as const,
      header,
      claims: { ...user, [name]: 'x' },
      expect: 'refused' as const,
    })),
    {
      name: 'a client with the subject of a user',
      truth: 'client',
      header,
      claims: { ...client, sub: 'kp_71aa0c' },
      expect: 'refused',
    },
    {
      name: 'a client whose grants are not a list',
      truth: 'client',
      header,
      claims: { ...client, gty: { client_credentials: true } },
      expect: 'refused',
    },
    {
      name: 'a subject of another form',
      truth: 'client',
      header,
      claims: { ...user, sub: 'm2m_1' },
      expect: 'refused',
    },
    {
      name: 'a user whose application asked for no audience',
      truth: 'user',
      header,
      claims: { ...user, aud: [] },
      expect: 'refused',
    },
  ],
};
