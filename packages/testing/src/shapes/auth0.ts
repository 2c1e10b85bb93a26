import type { ProviderShape } from './provider-shape.ts';

/** Tokens as docs/presets/auth0.md shows them. */
export const auth0: ProviderShape<'user' | 'client' | 'id'> = {
  issuer: 'https://acme.eu.auth0.com/',
  audience: 'https://api.acme.com',
  algorithm: 'RS256',
  tokens: ({ audience }) => ({
    user: {
      header: { typ: 'JWT' },
      claims: {
        aud: audience,
        sub: 'auth0|17',
        azp: 'web-app',
        scope: 'read:orders',
        permissions: ['read:orders'],
        org_id: 'org_4b2',
        'https://acme.com/roles': ['admin'],
      },
    },
    client: {
      header: { typ: 'JWT' },
      claims: {
        aud: audience,
        sub: 'sync@clients',
        azp: 'sync',
        gty: 'client-credentials',
        scope: 'sync:orders',
      },
    },
    id: {
      header: { typ: 'JWT' },
      claims: {
        sub: 'auth0|17',
        aud: 'web-app',
        name: 'Ada',
        email: 'ada@acme.com',
        email_verified: true,
        sid: 's1',
        nonce: 'n-0S6',
      },
    },
  }),
};
