import type { ProviderShape } from './provider-shape.ts';

/** Tokens as docs/presets/oidc-provider.md shows them. */
export const oidcProvider: ProviderShape<'user' | 'client' | 'id'> = {
  issuer: 'https://op.acme.com',
  audience: 'https://api.acme.com',
  algorithm: 'RS256',
  tokens: ({ audience }) => ({
    user: {
      header: { typ: 'at+jwt' },
      claims: {
        aud: audience,
        sub: 'acct_4471',
        client_id: 'web-app',
        sub_type: 'user',
        scope: 'orders:read',
        jti: 'o1',
      },
    },
    client: {
      header: { typ: 'at+jwt' },
      claims: {
        aud: audience,
        sub: 'nightly-sync',
        client_id: 'nightly-sync',
        sub_type: 'client',
        scope: 'orders:sync',
        jti: 'o2',
      },
    },
    id: {
      header: { typ: 'JWT' },
      claims: {
        sub: 'acct_4471',
        aud: 'web-app',
        nonce: 'n-0S6',
        at_hash: '77QmUPtjPfzWtF2AnpK9RQ',
      },
    },
  }),
};
