import type { ProviderShape } from './provider-shape.ts';

/** Tokens as docs/presets/custom.md shows them. */
export const custom: ProviderShape<'user' | 'client' | 'id'> = {
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
        caller_type: 'human',
        scope: 'read:orders',
        org: 'acme',
      },
    },
    client: {
      header: { typ: 'at+jwt' },
      claims: {
        aud: audience,
        sub: 'nightly-sync',
        client_id: 'nightly-sync',
        caller_type: 'machine',
        scope: 'sync:orders',
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
