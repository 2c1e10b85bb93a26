import { descope } from '../../../src/providers/index.ts';
import { NO_KEYS, TIMES, type TokenTable, without } from '../token-table.ts';

const header = { alg: 'RS256', kid: 'dsk', typ: 'JWT' };

const user = {
  iss: 'P2kQ7',
  sub: 'U2abZ',
  ...TIMES,
  amr: ['email'],
  drn: 'DS',
  dct: 'T9north',
  tenants: { T9north: { roles: ['Dispatcher'], permissions: ['ReadParcels'] } },
};

const client = {
  iss: 'P2kQ7',
  sub: 'K2keyZ',
  ...TIMES,
  drn: 'DS',
  permissions: ['SyncParcels'],
  roles: ['Sync'],
};

const unknown = () => descope({ projectId: 'P2kQ7', jwks: NO_KEYS, subjectNamespaces: 'unknown' });

const asUser = {
  kind: 'user',
  id: 'U2abZ',
  roles: ['Dispatcher'],
  permissions: ['ReadParcels'],
  tenant: 'T9north',
} as const;

export const table: TokenTable = {
  preset: 'descope',
  sources: [
    'https://docs.descope.com/session-overview',
    'https://github.com/descope/node-sdk lib/helpers.ts',
  ],
  create: (issuer) =>
    descope({
      projectId: 'P2kQ7',
      issuer,
      jwks: NO_KEYS,
      classify: ({ caller_type }) =>
        caller_type === 'human' ? 'user' : caller_type === 'machine' ? 'client' : 'refuse',
    }),
  issuer: 'P2kQ7',
  requires: ['sub', 'drn'],
  audience: [],
  operatorRule: true,
  tokens: [
    {
      name: 'a user, nothing being known',
      truth: 'user',
      header,
      provider: unknown,
      claims: user,
      expect: 'refused',
    },
    {
      name: 'an access key, nothing being known',
      truth: 'client',
      header,
      provider: unknown,
      claims: client,
      expect: 'refused',
    },
    {
      name: 'a user, by a claim of a template',
      truth: 'user',
      header,
      claims: { ...user, caller_type: 'human' },
      expect: asUser,
    },
    {
      name: 'a user whose roles in the project are not those in the tenant',
      truth: 'user',
      header,
      claims: {
        ...user,
        caller_type: 'human',
        roles: ['Admin'],
        permissions: ['Everything'],
        tenants: { ...user.tenants, T8south: { roles: ['Owner'] } },
      },
      expect: asUser,
    },
    {
      name: 'an access key, by a claim of a template',
      truth: 'client',
      header,
      claims: { ...client, caller_type: 'machine' },
      expect: { kind: 'client', id: 'K2keyZ', permissions: ['SyncParcels'], roles: ['Sync'] },
    },
    {
      name: 'an access key without the claim',
      truth: 'client',
      header,
      claims: client,
      expect: 'refused',
    },
    {
      name: 'a refresh token',
      truth: 'user',
      header,
      claims: { ...user, caller_type: 'human', drn: 'DSR' },
      expect: 'refused',
    },
    {
      name: 'a token that is no session: an ID token of Descope as OpenID provider',
      truth: 'user',
      header,
      claims: { ...without(user, 'drn'), caller_type: 'human' },
      expect: 'refused',
    },
    ...(['P2kQ7', ['P9other', 'P2kQ7']] as const).map((aud) => ({
      name: `a user whose audience is ${JSON.stringify(aud)}`,
      truth: 'user' as const,
      header,
      claims: { ...user, caller_type: 'human', aud },
      expect: asUser,
    })),
    {
      name: 'a token for another audience, as a text',
      truth: 'user',
      header,
      claims: { ...user, caller_type: 'human', aud: 'P9other' },
      expect: 'refused',
    },
    ...[{ T8south: { roles: ['Owner'] } }, undefined, ['T9north']].map((tenants) => ({
      name: `a user of a current tenant that is not among ${JSON.stringify(tenants)}`,
      truth: 'user' as const,
      header,
      claims: { ...without(user, 'tenants'), caller_type: 'human', roles: ['Admin'], tenants },
      expect: { kind: 'user' as const, id: 'U2abZ', tenant: 'T9north' },
    })),
    {
      name: 'a user whose current tenant is no text',
      truth: 'user',
      header,
      claims: { ...user, caller_type: 'human', roles: ['Admin'], dct: 7 },
      expect: { kind: 'user', id: 'U2abZ' },
    },
    {
      name: 'a token for another audience',
      truth: 'user',
      header,
      claims: { ...user, caller_type: 'human', aud: ['P9other'] },
      expect: 'refused',
    },
  ],
};
