import { authlib } from '../../../src/providers/index.ts';
import { API, NO_KEYS, TIMES, type TokenTable } from '../token-table.ts';

const header = { typ: 'at+jwt', alg: 'RS256' };
const iss = 'https://auth.parcels.example';

const user = {
  iss,
  ...TIMES,
  client_id: 'web-app',
  jti: 'al1',
  scope: 'profile parcels:read',
  sub: '7',
  aud: [API],
  auth_time: 1_789_999_990.25,
  amr: ['pwd'],
  roles: ['dispatcher'],
};

const client = {
  iss,
  ...TIMES,
  client_id: 'svc-nightly',
  jti: 'al2',
  scope: '',
  sub: 'svc-nightly',
  aud: [API],
};

const marked = () => authlib({ issuer: iss, jwks: NO_KEYS, kindClaim: 'sub_type' });
const unknown = () => authlib({ issuer: iss, jwks: NO_KEYS, subjectNamespaces: 'unknown' });

const asUser = {
  kind: 'user',
  id: '7',
  clientId: 'web-app',
  scopes: ['profile', 'parcels:read'],
  roles: ['dispatcher'],
} as const;
const asClient = { kind: 'client', id: 'svc-nightly' } as const;

export const table: TokenTable = {
  preset: 'authlib',
  sources: ['https://github.com/authlib/authlib authlib/oauth2/rfc9068/token.py'],
  create: (issuer) => authlib({ issuer, jwks: NO_KEYS, subjectNamespaces: 'disjoint' }),
  issuer: iss,
  requires: ['aud', 'sub', 'client_id', 'iat', 'jti'],
  audience: [API],
  byComparison: true,
  tokens: [
    { name: 'a user', truth: 'user', header, claims: user, expect: asUser },
    {
      name: 'a user, by the claim that the server adds',
      truth: 'user',
      header,
      provider: marked,
      claims: { ...user, sub_type: 'user', groups: ['north'] },
      expect: { ...asUser, groups: ['north'] },
    },
    {
      name: 'a user whose key is the id of the client, by the claim',
      truth: 'user',
      header,
      provider: marked,
      claims: { ...user, client_id: '7', sub_type: 'user' },
      expect: { ...asUser, clientId: '7' },
    },
    { name: 'a client', truth: 'client', header, claims: client, expect: asClient },
    {
      name: 'a client that is called like the key of a user, by the claim',
      truth: 'client',
      header,
      provider: marked,
      claims: { ...client, client_id: '7', sub: '7', sub_type: 'client' },
      expect: { kind: 'client', id: '7' },
    },
    {
      name: 'a client, without the claim that is asked for',
      truth: 'client',
      header,
      provider: marked,
      claims: client,
      expect: 'refused',
    },
    {
      name: 'a claim that says client beside the key of a user',
      truth: 'user',
      header,
      provider: marked,
      claims: { ...user, sub_type: 'client' },
      expect: 'refused',
    },
    {
      name: 'a user, nothing being known of keys',
      truth: 'user',
      header,
      provider: unknown,
      claims: user,
      expect: 'refused',
    },
    {
      name: 'a client with a login',
      truth: 'client',
      header,
      claims: { ...client, auth_time: TIMES.iat },
      expect: 'refused',
    },
    {
      name: 'a client whose token is for itself, the default',
      truth: 'client',
      header,
      claims: { ...client, aud: 'svc-nightly' },
      expect: 'refused',
    },
  ],
};
