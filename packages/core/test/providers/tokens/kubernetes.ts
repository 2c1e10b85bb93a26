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
  audience: [API],
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
