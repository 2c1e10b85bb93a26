import type { ProviderShape } from './provider-shape.ts';

/** Tokens as docs/presets/rfc9068.md shows them. */
export const rfc9068: ProviderShape<'user' | 'client' | 'id'> = {
  issuer: 'https://as.acme.com',
  audience: 'https://api.acme.com',
  algorithm: 'RS256',
  tokens: ({ audience }) => ({
    user: {
      header: { typ: 'at+jwt' },
      claims: {
        aud: audience,
        sub: 'u-17',
        client_id: 'web-app',
        scope: 'read:orders',
        roles: ['clerk'],
        groups: [{ value: 'berlin', display: 'Berlin' }],
        entitlements: ['orders:read'],
        jti: 'r1',
      },
    },
    client: {
      header: { typ: 'at+jwt' },
      claims: {
        aud: audience,
        sub: 'nightly-sync',
        client_id: 'nightly-sync',
        scope: 'sync:orders',
        jti: 'r2',
      },
    },
    id: {
      header: { typ: 'JWT' },
      claims: {
        sub: 'u-17',
        aud: 'web-app',
        auth_time: 1790000000,
        nonce: 'n-0S6',
        at_hash: '77QmUPtjPfzWtF2AnpK9RQ',
        email: 'ada@acme.com',
      },
    },
  }),
};
