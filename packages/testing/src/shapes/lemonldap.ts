import type { ProviderShape } from './provider-shape.ts';

/** Tokens as docs/presets/lemonldap.md shows them. */
export const lemonldap: ProviderShape<'user' | 'client' | 'id'> = {
  issuer: 'https://auth.acme.com/',
  audience: 'https://api.acme.com',
  algorithm: 'RS256',
  tokens: ({ audience }) => ({
    user: {
      header: {
        typ: 'at+JWT',
      },
      claims: {
        sub: 'ada',
        aud: ['web-app', audience],
        client_id: 'web-app',
        scope: 'openid orders:read',
        caller_type: 'human',
        jti: 'l1',
      },
    },
    client: {
      header: {
        typ: 'at+JWT',
      },
      claims: {
        sub: 'nightly-sync',
        aud: ['nightly-sync', audience],
        client_id: 'nightly-sync',
        scope: 'orders:sync',
        caller_type: 'machine',
        jti: 'l2',
      },
    },
    id: {
      header: {
        typ: 'JWT',
      },
      claims: {
        sub: 'ada',
        aud: 'web-app',
        acr: 'loa-1',
        azp: 'web-app',
        auth_time: 1790000000,
        nonce: 'n-0S6',
        at_hash: '77QmUPtjPfzWtF2AnpK9RQ',
      },
    },
  }),
};
