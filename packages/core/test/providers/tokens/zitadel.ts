import { zitadel } from '../../../src/providers/index.ts';
import { NO_KEYS, TIMES, type TokenTable, without } from '../token-table.ts';

const header = { alg: 'RS256', kid: 'zik', typ: 'JWT' };
const iss = 'https://parcels-x7.zitadel.cloud';

const user = {
  iss,
  sub: '301884412093',
  aud: ['301900011223', '301877700001'],
  ...TIMES,
  nbf: TIMES.iat,
  jti: 'V2_1-at',
  client_id: '301900011223',
  'urn:zitadel:iam:org:project:301877700001:roles': {
    dispatcher: { '301870000009': 'parcels.zitadel.cloud' },
  },
  'urn:zitadel:iam:user:resourceowner:id': '301870000009',
};

const client = {
  iss,
  sub: '301884499917',
  aud: ['nightly-sync', '301877700001'],
  ...TIMES,
  nbf: TIMES.iat,
  jti: 'V2_2-at',
  client_id: 'nightly-sync',
  'urn:zitadel:iam:org:project:301877700001:roles': {
    sync: { '301870000009': 'parcels.zitadel.cloud' },
  },
  'urn:zitadel:iam:user:resourceowner:id': '301870000009',
};

const unknown = () => zitadel({ issuer: iss, jwks: NO_KEYS, subjectNamespaces: 'unknown' });

const asUserWithoutRoles = {
  kind: 'user',
  id: '301884412093',
  clientId: '301900011223',
  tenant: '301870000009',
} as const;
const asUser = { ...asUserWithoutRoles, roles: ['dispatcher'] } as const;

export const table: TokenTable = {
  preset: 'zitadel',
  sources: [
    'https://github.com/zitadel/zitadel internal/api/oidc/token.go',
    'https://zitadel.com/docs/apis/openidoauth/claims',
  ],
  create: (issuer) =>
    zitadel({
      issuer,
      jwks: NO_KEYS,
      projectId: '301877700001',
      classify: ({ caller_type: type, 'urn:zitadel:iam:user:resourceowner:id': organization }) => {
        if (organization !== '301870000009') return 'refuse';
        return type === 'human' ? 'user' : type === 'machine' ? 'client' : 'refuse';
      },
    }),
  issuer: iss,
  requires: ['aud', 'sub', 'jti', 'nbf'],
  audience: ['301877700001'],
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
      name: 'a service user, nothing being known',
      truth: 'client',
      header,
      provider: unknown,
      claims: client,
      expect: 'refused',
    },
    {
      name: 'a user, by a claim that an action adds',
      truth: 'user',
      header,
      claims: { ...user, caller_type: 'human' },
      expect: asUser,
    },
    {
      name: 'a service user, by a claim that an action adds',
      truth: 'client',
      header,
      claims: { ...client, caller_type: 'machine' },
      expect: { kind: 'client', id: '301884499917', roles: ['sync'], tenant: '301870000009' },
    },
    {
      name: 'the same service user after a change of its name',
      truth: 'client',
      header,
      claims: { ...client, client_id: 'daily-sync', caller_type: 'machine' },
      expect: { kind: 'client', id: '301884499917', roles: ['sync'], tenant: '301870000009' },
    },
    {
      name: 'a service user whose organization lets an action call it a person',
      truth: 'client',
      header,
      claims: {
        ...client,
        'urn:zitadel:iam:user:resourceowner:id': '309999999999',
        caller_type: 'human',
      },
      expect: 'refused',
    },
    {
      name: 'the owner of another organization, with roles of the project of his client',
      truth: 'user',
      header,
      claims: {
        ...without(user, 'urn:zitadel:iam:org:project:301877700001:roles'),
        'urn:zitadel:iam:org:project:roles': { admin: { '309999999999': 'x.zitadel.cloud' } },
        'urn:zitadel:iam:org:project:309999999998:roles': { admin: { '309999999999': 'x' } },
        caller_type: 'human',
      },
      expect: asUserWithoutRoles,
    },
    {
      name: 'an ID token: neither jti nor nbf',
      truth: 'user',
      header,
      claims: { ...without(user, 'jti', 'nbf'), caller_type: 'human' },
      expect: 'refused',
    },
    {
      name: 'a token without jti',
      truth: 'user',
      header,
      claims: { ...without(user, 'jti'), caller_type: 'human' },
      expect: 'refused',
    },
    {
      name: 'a token without nbf',
      truth: 'user',
      header,
      claims: { ...without(user, 'nbf'), caller_type: 'human' },
      expect: 'refused',
    },
    ...(['at_hash', 'nonce', 'events'] as const).map((name) => ({
      name: `a token with ${name}`,
      truth: 'user' as const,
      header,
      claims: { ...user, caller_type: 'human', [name]: 'x' },
      expect: 'refused' as const,
    })),
    {
      name: 'a user, where no project is given: no roles',
      truth: 'user',
      header,
      provider: () => zitadel({ issuer: iss, jwks: NO_KEYS, classify: () => 'user' }),
      claims: {
        ...user,
        'urn:zitadel:iam:org:project:roles': { reader: { '301870000009': 'x' } },
      },
      expect: asUserWithoutRoles,
    },
    {
      name: 'a service user without the claim',
      truth: 'client',
      header,
      claims: client,
      expect: 'refused',
    },
  ],
};
