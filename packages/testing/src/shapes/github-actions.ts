import type { ProviderShape } from './provider-shape.ts';

/** Tokens as docs/presets/github-actions.md shows them. */
export const githubActions: ProviderShape<'client'> = {
  issuer: 'https://token.actions.githubusercontent.com',
  audience: 'https://api.acme.com',
  algorithm: 'RS256',
  tokens: ({ audience }) => ({
    client: {
      header: { typ: 'JWT' },
      claims: {
        aud: audience,
        sub: 'repo:acme/router:ref:refs/heads/main',
        repository: 'acme/router',
        repository_id: '90210',
        repository_owner: 'acme',
        repository_owner_id: '4411',
        job_workflow_ref: 'acme/router/.github/workflows/deploy.yml@refs/heads/main',
        actor: 'ada',
        jti: 'g1',
      },
    },
  }),
};
