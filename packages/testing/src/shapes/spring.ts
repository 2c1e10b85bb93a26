import type { ProviderShape } from './provider-shape.ts';

/** Tokens as docs/presets/spring.md shows them. */
export const spring: ProviderShape<'user' | 'client' | 'id'> = {
  issuer: 'https://auth.acme.com',
  audience: 'https://api.acme.com',
  algorithm: 'RS256',
  tokens: ({ audience }) => ({
    user: {
      header: {},
      claims: {
        aud: audience,
        sub: 'ada',
        client_id: 'web-app',
        caller_type: 'human',
        scope: ['openid', 'orders:read'],
        roles: ['FACTOR_PASSWORD', 'ROLE_ADMIN'],
        nbf: 1790000000,
        jti: 's1',
      },
    },
    client: {
      header: {},
      claims: {
        aud: audience,
        sub: 'nightly-sync',
        client_id: 'nightly-sync',
        caller_type: 'machine',
        scope: ['orders:sync'],
        nbf: 1790000000,
        jti: 's2',
      },
    },
    id: {
      header: {},
      claims: {
        sub: 'ada',
        aud: 'web-app',
        azp: 'web-app',
        sid: 's1',
        nonce: 'n-0S6',
        auth_time: 1790000000,
      },
    },
  }),
};
