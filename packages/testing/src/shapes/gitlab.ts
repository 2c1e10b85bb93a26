import type { ProviderShape } from './provider-shape.ts';

/** Tokens as docs/presets/gitlab.md shows them. */
export const gitlab: ProviderShape<'client'> = {
  issuer: 'https://gitlab.com',
  audience: 'https://api.acme.com',
  algorithm: 'RS256',
  tokens: ({ audience }) => ({
    client: {
      header: {
        typ: 'JWT',
      },
      claims: {
        aud: audience,
        sub: 'project_path:acme/router:ref_type:branch:ref:main',
        namespace_id: '72',
        namespace_path: 'acme',
        project_id: '20',
        project_path: 'acme/router',
        job_namespace_id: '72',
        job_project_id: '20',
        job_project_path: 'acme/router',
        user_login: 'ada',
        user_email: 'ada@acme.com',
        pipeline_id: '574',
        pipeline_source: 'push',
        job_id: '302',
        ref: 'main',
        ref_path: 'refs/heads/main',
        ref_protected: 'true',
        jti: 'gl1',
      },
    },
  }),
};
