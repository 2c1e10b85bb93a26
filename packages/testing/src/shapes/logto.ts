import type { ProviderShape } from './provider-shape.ts';

/** Tokens as docs/presets/logto.md shows them. */
export const logto: ProviderShape<'user' | 'client' | 'id'> = {
  issuer: 'https://acme.logto.app/oidc',
  audience: 'https://api.acme.com',
  algorithm: 'ES384',
  tokens: ({ audience }) => ({
    user: {
      header: { typ: 'at+jwt' },
      claims: {
        aud: audience,
        sub: 'u3x9q1z7',
        client_id: 'w8k2m4',
        scope: 'orders:read',
        organization_id: 'orgp31',
        jti: 'l1',
      },
    },
    client: {
      header: { typ: 'at+jwt' },
      claims: {
        aud: audience,
        sub: 'm2p6r8',
        client_id: 'm2p6r8',
        scope: 'orders:sync',
        jti: 'l2',
      },
    },
    id: {
      header: { typ: 'JWT' },
      claims: {
        sub: 'u3x9q1z7',
        aud: 'w8k2m4',
        name: 'Ada',
        at_hash: '77QmUPtjPfzWtF2AnpK9RQ',
        nonce: 'n-0S6',
      },
    },
  }),
};
