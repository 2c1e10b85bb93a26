import type { ProviderShape } from './provider-shape.ts';

/** Tokens as docs/presets/circleci.md shows them. */
export const circleci: ProviderShape<'client'> = {
  issuer: 'https://oidc.circleci.com/org/7f3d9c1e-5b2a-4c8d-9e6f-1a2b3c4d5e6f',
  audience: 'https://api.acme.com',
  algorithm: 'RS256',
  tokens: ({ audience }) => ({
    client: {
      header: {
        typ: 'JWT',
      },
      claims: {
        aud: audience,
        sub: 'org/7f3d9c1e-5b2a-4c8d-9e6f-1a2b3c4d5e6f/project/0c1d2e3f-4a5b-4c6d-8e7f-9a0b1c2d3e4f/user/9b8a7c6d-5e4f-4a3b-8c2d-1e0f9a8b7c6d',
        'oidc.circleci.com/project-id': '0c1d2e3f-4a5b-4c6d-8e7f-9a0b1c2d3e4f',
        'oidc.circleci.com/context-ids': [],
        'oidc.circleci.com/ssh-rerun': false,
        'oidc.circleci.com/vcs-origin': 'github.com/acme/router',
        'oidc.circleci.com/vcs-ref': 'refs/heads/main',
      },
    },
  }),
};
