import type { ProviderShape } from './provider-shape.ts';

/** Tokens as docs/presets/pingone.md shows them. */
export const pingone: ProviderShape<'user' | 'client' | 'id'> = {
  issuer: 'https://auth.pingone.eu/4d1e/as',
  audience: 'https://api.acme.com',
  algorithm: 'RS256',
  tokens: ({ audience }) => ({
    user: {
      header: {},
      claims: {
        aud: [audience],
        sub: 'c5d4e3f2',
        client_id: 'd0c9b8a7',
        scope: 'orders:read',
        auth_time: 1790000000,
        acr: 'Single_Factor',
        sid: 'ps1',
        'p1.permissions': ['order:read'],
        jti: 'p1',
      },
    },
    client: {
      header: { typ: 'at+jwt' },
      claims: { aud: [audience], client_id: 'a7b8c9d0', scope: 'orders:sync', jti: 'p2' },
    },
    id: {
      header: {},
      claims: {
        sub: 'c5d4e3f2',
        aud: 'd0c9b8a7',
        sid: 'ps1',
        acr: 'Single_Factor',
        auth_time: 1790000000,
        nonce: 'n-0S6',
        at_hash: '77QmUPtjPfzWtF2AnpK9RQ',
        email: 'ada@acme.com',
      },
    },
  }),
};
