import type { ProviderShape } from './provider-shape.ts';

/** Tokens as docs/presets/vercel.md shows them. */
export const vercel: ProviderShape<'client'> = {
  issuer: 'https://oidc.vercel.com/acme',
  audience: 'https://api.acme.com',
  algorithm: 'RS256',
  tokens: ({ audience }) => ({
    client: {
      header: {
        typ: 'JWT',
      },
      claims: {
        aud: audience,
        sub: 'owner:acme:project:router:environment:production',
        scope: 'owner:acme:project:router:environment:production',
        owner: 'acme',
        owner_id: 'team_a1B2c3',
        project: 'router',
        project_id: 'prj_9z8Y7x',
        environment: 'production',
        act: {
          aud: 'https://vercel.com/acme',
          iat: 1790000000,
        },
        nbf: 1790000000,
      },
    },
  }),
};
