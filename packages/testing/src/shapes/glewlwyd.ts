import type { ProviderShape } from './provider-shape.ts';

/** Tokens as docs/presets/glewlwyd.md shows them. */
export const glewlwyd: ProviderShape<'user' | 'client' | 'id'> = {
  issuer: 'https://auth.acme.com/api/oidc',
  audience: 'https://api.acme.com',
  algorithm: 'RS256',
  tokens: ({ audience }) => ({
    user: {
      header: {
        typ: 'at+jwt',
      },
      claims: {
        aud: audience,
        client_id: 'web-app',
        sub: '3qCFWdZLWJ78phzjFt0Xjy46GjPIY5aM',
        type: 'access_token',
        scope: 'openid orders:read',
        nbf: 1790000000,
        jti: 'g1',
      },
    },
    client: {
      header: {
        typ: 'at+jwt',
      },
      claims: {
        aud: audience,
        client_id: 'nightly-sync',
        sub: 'nightly-sync',
        type: 'access_token',
        scope: 'orders:sync',
        nbf: 1790000000,
        jti: 'g2',
      },
    },
    id: {
      header: {
        typ: 'JWT',
      },
      claims: {
        sub: '3qCFWdZLWJ78phzjFt0Xjy46GjPIY5aM',
        aud: 'web-app',
        azp: 'web-app',
        auth_time: 1790000000,
        nonce: 'n-0S6',
        at_hash: '77QmUPtjPfzWtF2AnpK9RQ',
      },
    },
  }),
};
