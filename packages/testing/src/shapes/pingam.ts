import type { ProviderShape } from './provider-shape.ts';

/** Tokens as docs/presets/pingam.md shows them. */
export const pingam: ProviderShape<'user' | 'client' | 'id'> = {
  issuer: 'https://am.acme.com/am/oauth2/realms/root/realms/acme',
  audience: 'https://api.acme.com',
  algorithm: 'RS256',
  tokens: ({ audience }) => ({
    user: {
      header: { typ: 'JWT' },
      claims: {
        aud: audience,
        sub: '(usr!ada)',
        subname: 'ada',
        client_id: 'web-app',
        realm: '/acme',
        scope: ['openid', 'orders'],
        grant_type: 'authorization_code',
        tokenName: 'access_token',
        auth_time: 1790000000,
      },
    },
    client: {
      header: { typ: 'JWT' },
      claims: {
        aud: audience,
        sub: '(age!nightly-sync)',
        subname: 'nightly-sync',
        realm: '/acme',
        scope: ['sync'],
        grant_type: 'client_credentials',
        tokenName: 'access_token',
        auth_time: 1790000000,
      },
    },
    id: {
      header: { typ: 'JWT' },
      claims: {
        sub: '(usr!ada)',
        subname: 'ada',
        realm: '/acme',
        auth_time: 1790000000,
        aud: 'web-app',
        azp: 'web-app',
        tokenName: 'id_token',
        tokenType: 'JWTToken',
        nonce: 'n-0S6',
        at_hash: '77QmUPtjPfzWtF2AnpK9RQ',
      },
    },
  }),
};
