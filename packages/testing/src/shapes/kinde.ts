import type { ProviderShape } from './provider-shape.ts';

/** Tokens as docs/presets/kinde.md shows them. */
export const kinde: ProviderShape<'user' | 'client' | 'id'> = {
  issuer: 'https://acme.kinde.com',
  audience: 'https://api.acme.com',
  algorithm: 'RS256',
  keysAt: (issuer) => `${issuer}/.well-known/jwks`,
  tokens: ({ issuer, audience }) => ({
    user: {
      header: {},
      claims: {
        aud: [audience],
        azp: '5d1c77aa',
        sub: 'kp_71aa0c',
        scp: ['openid', 'profile'],
        permissions: ['view:orders'],
        org_code: 'org_4b2',
        jti: 'k1',
      },
    },
    client: {
      header: {},
      claims: {
        aud: [audience],
        azp: '9e2b40cc',
        gty: ['client_credentials'],
        scope: 'read:orders',
        scp: ['read:orders', 'delete:orders'],
        org_code: 'org_4b2',
        jti: 'k2',
      },
    },
    id: {
      header: {},
      claims: {
        sub: 'kp_71aa0c',
        aud: [issuer, '5d1c77aa'],
        azp: '5d1c77aa',
        org_codes: ['org_4b2'],
        auth_time: 1790000000,
        nonce: 'n-0S6',
        at_hash: '77QmUPtjPfzWtF2AnpK9RQ',
        email: 'ada@acme.com',
      },
    },
  }),
};
