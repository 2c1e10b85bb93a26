import { firebase } from '../../../src/providers/index.ts';
import { NO_KEYS, TIMES, type TokenTable, without } from '../token-table.ts';

const header = { alg: 'RS256', kid: 'fbk', typ: 'JWT' };
const iss = 'https://securetoken.google.com/parcels-prod';

const user = {
  iss,
  aud: 'parcels-prod',
  auth_time: 1_789_999_900,
  user_id: 'Lk2Pq',
  sub: 'Lk2Pq',
  ...TIMES,
  email: 'dana@parcels.example',
  email_verified: true,
  firebase: {
    identities: { email: ['dana@parcels.example'] },
    sign_in_provider: 'password',
    tenant: 'north-a1',
  },
};

export const table: TokenTable = {
  preset: 'firebase',
  sources: [
    'https://firebase.google.com/docs/auth/admin/verify-id-tokens',
    'https://github.com/firebase/firebase-admin-node src/auth/token-verifier.ts',
  ],
  create: (issuer) => firebase({ issuer, jwks: NO_KEYS }),
  issuer: iss,
  requires: ['aud', 'sub', 'auth_time', 'firebase'],
  audience: ['parcels-prod', 'other'],
  oneKind: true,
  tokens: [
    {
      name: 'a user',
      truth: 'user',
      header,
      claims: user,
      expect: { kind: 'user', id: 'Lk2Pq', tenant: 'north-a1' },
    },
    {
      name: 'a visitor without an account',
      truth: 'user',
      header,
      claims: {
        ...without(user, 'email', 'email_verified', 'user_id'),
        firebase: { identities: {}, sign_in_provider: 'anonymous' },
      },
      expect: { kind: 'user', id: 'Lk2Pq' },
    },
    {
      name: 'a user of a tenant that has no name',
      truth: 'user',
      header,
      claims: { ...user, firebase: { ...user.firebase, tenant: '' } },
      expect: 'refused',
    },
    {
      name: 'a user of a tenant whose name holds a slash',
      truth: 'user',
      header,
      claims: { ...user, firebase: { ...user.firebase, tenant: 'north-a1/x' } },
      expect: 'refused',
    },
    {
      name: 'a user of two ids',
      truth: 'user',
      header,
      claims: { ...user, user_id: 'other' },
      expect: 'refused',
    },
    {
      name: 'a token without a sign-in',
      truth: 'user',
      header,
      claims: { ...user, firebase: { identities: {} } },
      expect: 'refused',
    },
    {
      name: 'a token of another project',
      truth: 'user',
      header,
      claims: { ...user, aud: 'other' },
      expect: 'refused',
    },
  ],
};
