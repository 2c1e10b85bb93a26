import { kubernetes } from '../../../src/providers/index.ts';
import { API, NO_KEYS, TIMES, type TokenTable, without } from '../token-table.ts';

const header = { alg: 'RS256', kid: 'k8k' };
const iss = 'https://kubernetes.default.svc.cluster.local';

const client = {
  aud: [API],
  ...TIMES,
  nbf: TIMES.iat,
  iss,
  jti: 'k8j',
  'kubernetes.io': {
    namespace: 'logistics',
    node: { name: 'n1', uid: 'nu1' },
    pod: { name: 'sync-0', uid: 'pu1' },
    serviceaccount: { name: 'nightly-sync', uid: 'su1' },
  },
  sub: 'system:serviceaccount:logistics:nightly-sync',
};

const extended = {
  ...client,
  exp: TIMES.iat + 31_536_000,
  'kubernetes.io': { ...client['kubernetes.io'], warnafter: TIMES.iat + 3607 },
};

const asClient = {
  kind: 'client',
  id: 'system:serviceaccount:logistics:nightly-sync',
} as const;

export const table: TokenTable = {
  preset: 'kubernetes',
  sources: [
    'https://github.com/kubernetes/kubernetes pkg/serviceaccount/claims.go',
    'https://kubernetes.io/docs/reference/access-authn-authz/authentication/',
  ],
  create: (issuer) => kubernetes({ issuer, jwks: NO_KEYS }),
  issuer: iss,
  requires: ['aud', 'sub'],
  audience: [API, iss, 'https://kubernetes.default.svc', 'https://oidc.eks.example/id/1'],
  oneKind: true,
  tokens: [
    { name: 'a pod', truth: 'client', header, claims: client, expect: asClient },
    {
      name: 'a pod of a cluster that names no pod',
      truth: 'client',
      header: { ...header, typ: 'JWT' },
      claims: without(client, 'kubernetes.io', 'jti'),
      expect: asClient,
    },
    {
      name: 'a service account, told by its uid',
      truth: 'client',
      header,
      provider: () => kubernetes({ issuer: iss, jwks: NO_KEYS, keyBy: 'uid' }),
      claims: client,
      expect: asClient,
    },
    {
      name: 'a service account without the uid that it is to be told by',
      truth: 'client',
      header,
      provider: () => kubernetes({ issuer: iss, jwks: NO_KEYS, keyBy: 'uid' }),
      claims: without(client, 'kubernetes.io'),
      expect: 'refused',
    },
    {
      name: 'a token that lives as long as it may',
      truth: 'client',
      header,
      provider: () => kubernetes({ issuer: iss, jwks: NO_KEYS, maxLifetimeSec: 3600 }),
      claims: client,
      expect: asClient,
    },
    {
      name: 'a token that lives a second longer than it may',
      truth: 'client',
      header,
      provider: () => kubernetes({ issuer: iss, jwks: NO_KEYS, maxLifetimeSec: 3599 }),
      claims: client,
      expect: 'refused',
    },
    {
      name: 'a token that does not say since when it lives',
      truth: 'client',
      header,
      provider: () => kubernetes({ issuer: iss, jwks: NO_KEYS, maxLifetimeSec: 3600 }),
      claims: without(client, 'iat'),
      expect: 'refused',
    },
    {
      name: 'a token that the API server extended for itself, at an API',
      truth: 'client',
      header,
      claims: extended,
      expect: 'refused',
    },
    ...[iss, 'https://kubernetes.default.svc'].map((audience) => ({
      name: `the same where the API takes ${audience} for its audience`,
      truth: 'client' as const,
      header,
      claims: { ...extended, aud: [audience] },
      expect: asClient,
    })),
    {
      name: 'the same where it names the API server beside an API',
      truth: 'client',
      header,
      claims: { ...extended, aud: [API, 'https://kubernetes.default.svc'] },
      expect: asClient,
    },
    {
      name: 'the same of a managed cluster, whose issuer is its own',
      truth: 'client',
      header,
      provider: () => kubernetes({ issuer: 'https://oidc.eks.example/id/1', jwks: NO_KEYS }),
      claims: { ...extended, aud: 'https://oidc.eks.example/id/1' },
      expect: asClient,
    },
    ...[
      'shop:nightly-sync',
      'system:serviceaccount::nightly-sync',
      'system:serviceaccount:logistics:',
      'system:serviceaccount:logistics',
    ].map((sub) => ({
      name: `a subject that is none of a service account: ${sub}`,
      truth: 'client' as const,
      header,
      claims: { ...without(client, 'kubernetes.io'), sub },
      expect: 'refused' as const,
    })),
    {
      name: 'the same with an audience that only begins like it',
      truth: 'client',
      header,
      claims: { ...extended, aud: [API, 'https://kubernetes.default.evil.example'] },
      expect: 'refused',
    },
    {
      name: 'a service account that is named otherwise inside',
      truth: 'client',
      header,
      claims: { ...client, sub: 'system:serviceaccount:logistics:admin' },
      expect: 'refused',
    },
    {
      name: 'a node',
      truth: 'client',
      header,
      claims: { ...client, sub: 'system:node:n1' },
      expect: 'refused',
    },
    {
      name: 'a subject with too many parts',
      truth: 'client',
      header,
      claims: {
        ...without(client, 'kubernetes.io'),
        sub: 'system:serviceaccount:logistics:a:b',
      },
      expect: 'refused',
    },
  ],
};
