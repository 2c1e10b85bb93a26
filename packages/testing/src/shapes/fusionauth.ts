import type { ProviderShape } from './provider-shape.ts';

/** Tokens as docs/presets/fusionauth.md shows them. */
export const fusionauth: ProviderShape<'user' | 'client' | 'id'> = {
  issuer: 'acme.com',
  audience: '0c1d2e3f-9a9a-4b4b-8c8c-1d1d2e2e3f3f',
  algorithm: 'RS256',
  keysAt: () => 'https://auth.acme.com/.well-known/jwks.json',
  tokens: ({ audience }) => ({
    user: {
      header: { typ: 'JWT' },
      claims: {
        aud: audience,
        sub: '2f4d6a8c',
        gty: ['authorization_code'],
        applicationId: audience,
        authenticationType: 'PASSWORD',
        roles: ['clerk'],
        scope: 'openid offline_access',
        tid: '4a3b2c1d',
      },
    },
    client: {
      header: { typ: 'JWT', gty: ['client_credentials'] },
      claims: {
        aud: audience,
        sub: '7d9b1c3e',
        permissions: ['sync'],
        scope: `target-entity:${audience}:sync`,
        tid: '4a3b2c1d',
      },
    },
    id: {
      header: { typ: 'JWT' },
      claims: {
        sub: '2f4d6a8c',
        aud: audience,
        applicationId: audience,
        authenticationType: 'PASSWORD',
        roles: ['clerk'],
        tid: '4a3b2c1d',
        auth_time: 1790000000,
        nonce: 'n-0S6',
        at_hash: '77QmUPtjPfzWtF2AnpK9RQ',
        email: 'ada@acme.com',
      },
    },
  }),
};
