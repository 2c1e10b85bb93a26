import type { ProviderShape } from './provider-shape.ts';

/** Tokens as docs/presets/workos.md shows them. */
export const workos: ProviderShape<'user' | 'client' | 'id'> = {
  issuer: 'https://acme.authkit.app',
  audience: 'https://api.acme.com',
  algorithm: 'RS256',
  tokens: ({ audience }) => ({
    user: {
      header: {},
      claims: {
        aud: audience,
        sub: 'user_01AB',
        client_id: 'client_01APP',
        sid: 'app_consent_01',
        scope: 'openid profile',
        permissions: ['orders:read'],
        roles: ['member'],
        org_id: 'org_01QZ',
        jti: '01X',
      },
    },
    client: {
      header: {},
      claims: {
        aud: audience,
        sub: 'client_01M2M',
        client_id: 'client_01M2M',
        org_id: 'org_01QZ',
        jti: '01Y',
      },
    },
    id: {
      header: {},
      claims: {
        sub: 'user_01AB',
        aud: 'client_01APP',
        name: 'Ada',
        auth_time: 1790000000,
        nonce: 'n-0S6',
        at_hash: '77QmUPtjPfzWtF2AnpK9RQ',
        email: 'ada@acme.com',
      },
    },
  }),
};
