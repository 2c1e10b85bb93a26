import { zitadel } from '../../../src/providers/index.ts';
import { NO_KEYS, TIMES, type TokenTable } from '../token-table.ts';

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
  'urn:zitadel:iam:org:project:roles': { dispatcher: { '301870000009': 'parcels.zitadel.cloud' } },
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
  'urn:zitadel:iam:org:project:roles': { sync: { '301870000009': 'parcels.zitadel.cloud' } },
};

const unknown = zitadel({ issuer: iss, jwks: NO_KEYS, subjectNamespaces: 'unknown' });

const asUser = {
  kind: 'user',
  id: '301884412093',
  clientId: '301900011223',
  roles: ['dispatcher'],
  tenant: '301870000009',
} as const;

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
      classify: ({ caller_type }) =>
        caller_type === 'human' ? 'user' : caller_type === 'machine' ? 'client' : 'refuse',
    }),
  issuer: iss,
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
      expect: { kind: 'client', id: 'nightly-sync', roles: ['sync'] },
    },
    {
      name: 'a user with the roles of one project',
      truth: 'user',
      header,
      provider: zitadel({
        issuer: iss,
        jwks: NO_KEYS,
        projectId: '301877700001',
        classify: () => 'user',
      }),
      claims: {
        ...user,
        'urn:zitadel:iam:org:project:301877700001:roles': { reader: { '301870000009': 'x' } },
      },
      expect: { ...asUser, roles: ['reader'] },
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
