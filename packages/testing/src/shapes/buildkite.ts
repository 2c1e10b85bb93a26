import type { ProviderShape } from './provider-shape.ts';

/** Tokens as docs/presets/buildkite.md shows them. */
export const buildkite: ProviderShape<'client'> = {
  issuer: 'https://agent.buildkite.com',
  audience: 'https://api.acme.com',
  algorithm: 'RS256',
  tokens: ({ audience }) => ({
    client: {
      header: {},
      claims: {
        aud: audience,
        sub: 'organization:acme:pipeline:router:ref:refs/heads/main:commit:9f318206:step:build',
        organization_slug: 'acme',
        pipeline_slug: 'router',
        build_number: 1,
        build_branch: 'main',
        build_commit: '9f318206',
        step_key: 'build',
        job_id: '0184990a-477b-4fa8-9968-496074483cee',
        agent_id: '0184990a-4782-42b5-afc1-16715b10b8ff',
        organization_id: '0184990a-477b-4fa8-9968-496074483077',
        pipeline_id: '0184990a-4782-42b5-afc1-16715b10b810',
        nbf: 1790000000,
      },
    },
  }),
};
