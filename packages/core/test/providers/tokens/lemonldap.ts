import { type CustomClassify, lemonldap } from '../../../src/providers/index.ts';
import { API, NO_KEYS, TIMES, type TokenTable, without } from '../token-table.ts';

const header = { alg: 'RS256', typ: 'JWT', kid: 'key-1' };
const iss = 'https://auth.parcels.example/';

const user = {
  iss,
  sub: 'dwho',
  aud: ['web', API],
  client_id: 'web',
  scope: 'openid parcels:read',
  jti: '5484a8de239aed07',
  ...TIMES,
};

const client = {
  iss,
  sub: 'nightly',
  aud: ['nightly', API],
  client_id: 'nightly',
  scope: 'parcels:sync',
  jti: '92a63407415d0373',
  ...TIMES,
};

const byMacro: CustomClassify = ({ caller_type: type }) => {
  if (type === 'human') return 'user';
  return type === 'machine' ? 'client' : 'refuse';
};

const marked = () => lemonldap({ issuer: iss, jwks: NO_KEYS, classify: byMacro });
const unknown = () => lemonldap({ issuer: iss, jwks: NO_KEYS, subjectNamespaces: 'unknown' });

const asUser = {
  kind: 'user',
  id: 'dwho',
  clientId: 'web',
  scopes: ['openid', 'parcels:read'],
} as const;
const asClient = { kind: 'client', id: 'nightly', scopes: ['parcels:sync'] } as const;

export const table: TokenTable = {
  preset: 'lemonldap',
  sources: [
    'https://gitlab.ow2.org/lemonldap-ng/lemonldap-ng Lib/OpenIDConnect.pm',
    'https://lemonldap-ng.org/documentation/latest/idpopenidconnect.html',
  ],
  create: (issuer) => lemonldap({ issuer, jwks: NO_KEYS, subjectNamespaces: 'disjoint' }),
  issuer: iss,
  requires: ['aud', 'sub', 'client_id', 'jti', 'scope'],
  audience: [API],
  byComparison: true,
  tokens: [
    { name: 'a user', truth: 'user', header, claims: user, expect: asUser },
    {
      name: 'a user of a newer release',
      truth: 'user',
      header: { ...header, typ: 'at+JWT' },
      claims: { ...user, sid: 'Qm9vCg' },
      expect: asUser,
    },
    {
      name: 'a user with released claims',
      truth: 'user',
      header,
      claims: { ...user, name: 'Dana', email: 'dana@parcels.example' },
      expect: asUser,
    },
    {
      name: 'a user who is named like his client, by the macro',
      truth: 'user',
      header,
      provider: marked,
      claims: { ...user, sub: 'web', caller_type: 'human' },
      expect: { ...asUser, id: 'web' },
    },
    {
      name: 'a client, by the macro',
      truth: 'client',
      header,
      provider: marked,
      claims: { ...client, caller_type: 'machine' },
      expect: asClient,
    },
    {
      name: 'a client, without the macro that is asked for',
      truth: 'client',
      header,
      provider: marked,
      claims: client,
      expect: 'refused',
    },
    {
      name: 'a user, nothing being known of login names',
      truth: 'user',
      header,
      provider: unknown,
      claims: user,
      expect: 'refused',
    },
    { name: 'a client', truth: 'client', header, claims: client, expect: asClient },
    {
      name: 'a client of a newer release, with a session of its own',
      truth: 'client',
      header: { ...header, typ: 'at+JWT' },
      claims: { ...client, sid: 'Qm9vCg' },
      expect: asClient,
    },
    {
      name: 'a client whose sub follows an attribute that it has not',
      truth: 'client',
      header,
      claims: { ...client, sub: null },
      expect: 'refused',
    },
    {
      name: 'a client with the claims of a person',
      truth: 'client',
      header,
      claims: { ...client, email: 'dana@parcels.example' },
      expect: 'refused',
    },
    {
      name: 'an ID token, whose aud is the same',
      truth: 'user',
      header,
      claims: { ...without(user, 'client_id', 'scope', 'jti'), azp: 'web', auth_time: TIMES.iat },
      expect: 'refused',
    },
    {
      name: 'an ID token that has the claims of an access token, too',
      truth: 'user',
      header,
      claims: { ...user, azp: 'web' },
      expect: 'refused',
    },
    {
      name: 'a nonce',
      truth: 'user',
      header,
      claims: { ...user, nonce: 'n' },
      expect: 'refused',
    },
  ],
};
