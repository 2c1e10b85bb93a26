import { githubActions } from '../../../src/providers/index.ts';
import { API, NO_KEYS, TIMES, type TokenTable, without } from '../token-table.ts';

const header = { typ: 'JWT', alg: 'RS256', x5t: 'ghx', kid: 'ghk' };
const iss = 'https://token.actions.githubusercontent.com';

const client = {
  jti: 'gh1',
  sub: 'repo:parcels-inc/router:ref:refs/heads/main',
  aud: API,
  ref: 'refs/heads/main',
  repository: 'parcels-inc/router',
  repository_id: '90210',
  repository_owner: 'parcels-inc',
  repository_owner_id: '4411',
  repository_visibility: 'private',
  run_id: '77',
  run_attempt: '1',
  actor: 'dana',
  actor_id: '555',
  workflow: 'deploy',
  event_name: 'push',
  job_workflow_ref: 'parcels-inc/router/.github/workflows/deploy.yml@refs/heads/main',
  runner_environment: 'github-hosted',
  iss,
  nbf: TIMES.iat,
  ...TIMES,
};

const asClient = {
  kind: 'client',
  id: 'repo:parcels-inc/router:ref:refs/heads/main',
  tenant: '4411',
} as const;

export const table: TokenTable = {
  preset: 'githubActions',
  sources: ['https://docs.github.com/en/actions/reference/security/oidc'],
  create: (issuer) => githubActions({ issuer, jwks: NO_KEYS, repositoryOwnerIds: ['4411'] }),
  issuer: iss,
  requires: ['aud', 'sub', 'repository_id', 'repository_owner_id'],
  audience: [API],
  oneKind: true,
  tokens: [
    { name: 'a workflow', truth: 'client', header, claims: client, expect: asClient },
    {
      name: 'a workflow with the immutable form of subject',
      truth: 'client',
      header,
      claims: { ...client, sub: 'repo:parcels-inc@4411/router@90210:environment:prod' },
      expect: { ...asClient, id: 'repo:parcels-inc@4411/router@90210:environment:prod' },
    },
    {
      name: 'a workflow, where every owner may call',
      truth: 'client',
      header,
      provider: () => githubActions({ jwks: NO_KEYS }),
      claims: { ...client, repository_owner_id: '9' },
      expect: { ...asClient, tenant: '9' },
    },
    {
      name: 'a workflow of one of our repositories',
      truth: 'client',
      header,
      provider: () =>
        githubActions({
          jwks: NO_KEYS,
          repositoryOwnerIds: ['4411'],
          repositoryIds: ['90210'],
        }),
      claims: client,
      expect: asClient,
    },
    {
      name: 'a workflow of another of our repositories',
      truth: 'client',
      header,
      provider: () => githubActions({ jwks: NO_KEYS, repositoryIds: ['90211'] }),
      claims: client,
      expect: 'refused',
    },
    {
      name: 'a workflow of somebody else, who took our name',
      truth: 'client',
      header,
      claims: { ...client, repository_owner_id: '6666' },
      expect: 'refused',
    },
    {
      name: 'a workflow without the id of its repository',
      truth: 'client',
      header,
      claims: without(client, 'repository_id'),
      expect: 'refused',
    },
    ...['repository_id', 'repository_owner_id'].map((name) => ({
      name: `a workflow whose ${name} is a number`,
      truth: 'client' as const,
      header,
      provider: () => githubActions({ jwks: NO_KEYS }),
      claims: { ...client, [name]: 90_210 },
      expect: 'refused' as const,
    })),
  ],
};
