import { vercel } from '../../../src/providers/index.ts';
import { API, NO_KEYS, TIMES, type TokenTable } from '../token-table.ts';

const header = { typ: 'JWT', alg: 'RS256', kid: 'mrk-1' };
const iss = 'https://oidc.vercel.com/parcels';

const client = {
  iss,
  sub: 'owner:parcels:project:router:environment:production',
  scope: 'owner:parcels:project:router:environment:production',
  aud: API,
  owner: 'parcels',
  owner_id: 'team_a1B2c3',
  project: 'router',
  project_id: 'prj_9z8Y7x',
  environment: 'production',
  nbf: TIMES.iat,
  ...TIMES,
};

const asClient = { kind: 'client', id: 'prj_9z8Y7x', tenant: 'team_a1B2c3' } as const;
const ours = { jwks: NO_KEYS, ownerIds: ['team_a1B2c3'] } as const;

export const table: TokenTable = {
  preset: 'vercel',
  sources: [
    'https://vercel.com/docs/oidc/reference',
    'https://github.com/vercel/vercel packages/oidc/src/verify-vercel-oidc-token.ts',
  ],
  create: (issuer) => vercel({ issuer, ...ours }),
  issuer: iss,
  requires: ['aud', 'sub', 'owner_id', 'project_id', 'environment'],
  audience: [API],
  oneKind: true,
  tokens: [
    { name: 'a deployment', truth: 'client', header, claims: client, expect: asClient },
    {
      name: 'a deployment whose token was exchanged for this API',
      truth: 'client',
      header,
      claims: { ...client, act: { aud: 'https://vercel.com/parcels', iat: TIMES.iat - 5 } },
      expect: asClient,
    },
    {
      name: 'a preview, where previews may call',
      truth: 'client',
      header,
      provider: () => vercel({ issuer: iss, ...ours, environments: ['production', 'preview'] }),
      claims: { ...client, environment: 'preview' },
      expect: asClient,
    },
    {
      name: 'a deployment of one of our projects, with the global issuer',
      truth: 'client',
      header,
      provider: () =>
        vercel({ issuer: 'https://oidc.vercel.com', ...ours, projectIds: ['prj_9z8Y7x'] }),
      claims: { ...client, iss: 'https://oidc.vercel.com' },
      expect: asClient,
    },
    {
      name: 'a deployment of another of our projects',
      truth: 'client',
      header,
      provider: () => vercel({ issuer: iss, ...ours, projectIds: ['prj_other'] }),
      claims: client,
      expect: 'refused',
    },
    {
      name: 'a preview',
      truth: 'client',
      header,
      claims: { ...client, environment: 'preview' },
      expect: 'refused',
    },
    {
      name: 'a token on the computer of a developer',
      truth: 'user',
      header,
      claims: { ...client, environment: 'development', user_id: 'dana' },
      expect: 'refused',
    },
    {
      name: 'a deployment of another team, which took our slug',
      truth: 'client',
      header,
      claims: { ...client, owner_id: 'team_mallory' },
      expect: 'refused',
    },
    {
      name: 'a project of no id',
      truth: 'client',
      header,
      claims: { ...client, project_id: 7 },
      expect: 'refused',
    },
  ],
};
