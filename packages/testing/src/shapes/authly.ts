import type { ProviderShape } from './provider-shape.ts';

/** Tokens as docs/presets/authly.md shows them. */
export const authly: ProviderShape<'user' | 'client'> = {
  issuer: 'https://auth.acme.com',
  audience: 'https://api.acme.com',
  algorithm: 'ES256',
  tokens: ({ audience }) => ({
    user: {
      header: { typ: 'at+jwt' },
      claims: {
        aud: audience,
        sub: 'google|17',
        sub_type: 'user',
        client_id: 'web-app',
        scope: 'read:orders',
        permissions: ['orders:read'],
        roles: ['clerk'],
        groups: ['berlin'],
        tenant_id: 'acme',
        jti: 'a1',
      },
    },
    client: {
      header: { typ: 'at+jwt' },
      claims: {
        aud: audience,
        sub: 'nightly-sync',
        sub_type: 'client',
        client_id: 'nightly-sync',
        scope: 'sync:orders',
        jti: 'a2',
      },
    },
  }),
};
