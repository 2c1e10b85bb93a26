import { circleci } from '../../../src/providers/index.ts';
import { API, NO_KEYS, TIMES, type TokenTable, without } from '../token-table.ts';

const header = { typ: 'JWT', alg: 'RS256', kid: 'cik' };
const organization = '7f3d9c1e-5b2a-4c8d-9e6f-1a2b3c4d5e6f';
const project = '0c1d2e3f-4a5b-4c6d-8e7f-9a0b1c2d3e4f';
const iss = `https://oidc.circleci.com/org/${organization}`;

const client = {
  aud: API,
  ...TIMES,
  iss,
  'oidc.circleci.com/context-ids': ['3d4e5f60-1a2b-4c3d-8e5f-6a7b8c9d0e1f'],
  'oidc.circleci.com/project-id': project,
  'oidc.circleci.com/ssh-rerun': false,
  'oidc.circleci.com/vcs-origin': 'github.com/parcels-inc/router',
  'oidc.circleci.com/vcs-ref': 'refs/heads/main',
  sub: `org/${organization}/project/${project}/user/9b8a7c6d-5e4f-4a3b-8c2d-1e0f9a8b7c6d`,
};

const asClient = { kind: 'client', id: project } as const;
const ours = ['github.com/parcels-inc/router'];

export const table: TokenTable = {
  preset: 'circleci',
  sources: [
    'https://circleci.com/docs/guides/permissions-authentication/openid-connect-tokens/',
    'https://circleci.com/docs/guides/permissions-authentication/oidc-tokens-with-custom-claims/',
  ],
  create: (issuer) =>
    circleci({
      organizationId: issuer.slice(issuer.lastIndexOf('/') + 1),
      jwks: NO_KEYS,
      projectIds: [project],
    }),
  issuer: iss,
  requires: ['aud', 'sub', 'oidc.circleci.com/project-id'],
  audience: [API],
  oneKind: true,
  tokens: [
    { name: 'a job', truth: 'client', header, claims: client, expect: asClient },
    {
      name: 'a job with the second form of subject',
      truth: 'client',
      header,
      claims: { ...client, sub: `${client.sub}/vcs-origin/github.com/x/vcs-ref/refs/heads/main` },
      expect: asClient,
    },
    {
      name: 'a job by a custom webhook, which names no repository',
      truth: 'client',
      header,
      claims: without(client, 'oidc.circleci.com/vcs-origin', 'oidc.circleci.com/vcs-ref'),
      expect: asClient,
    },
    {
      name: 'a job of any of our projects',
      truth: 'client',
      header,
      provider: () => circleci({ organizationId: organization, jwks: NO_KEYS }),
      claims: client,
      expect: asClient,
    },
    {
      name: 'a job by our repository, where forks get secrets',
      truth: 'client',
      header,
      provider: () => circleci({ organizationId: organization, jwks: NO_KEYS, vcsOrigins: ours }),
      claims: client,
      expect: asClient,
    },
    {
      name: 'a job by a fork',
      truth: 'client',
      header,
      provider: () => circleci({ organizationId: organization, jwks: NO_KEYS, vcsOrigins: ours }),
      claims: { ...client, 'oidc.circleci.com/vcs-origin': 'github.com/mallory/router' },
      expect: 'refused',
    },
    {
      name: 'a job by no repository, where repositories are listed',
      truth: 'client',
      header,
      provider: () => circleci({ organizationId: organization, jwks: NO_KEYS, vcsOrigins: ours }),
      claims: without(client, 'oidc.circleci.com/vcs-origin'),
      expect: 'refused',
    },
    {
      name: 'a job of another project',
      truth: 'client',
      header,
      claims: { ...client, 'oidc.circleci.com/project-id': 'ffffffff' },
      expect: 'refused',
    },
    {
      name: 'a job whose subject names another project',
      truth: 'client',
      header,
      claims: { ...client, sub: `org/${organization}/project/other/user/x` },
      expect: 'refused',
    },
    {
      name: 'a job that was rerun with SSH',
      truth: 'client',
      header,
      claims: { ...client, 'oidc.circleci.com/ssh-rerun': true },
      expect: 'refused',
    },
    {
      name: 'a job that does not say readably whether it was rerun with SSH',
      truth: 'client',
      header,
      claims: { ...client, 'oidc.circleci.com/ssh-rerun': 'false' },
      expect: 'refused',
    },
  ],
};
