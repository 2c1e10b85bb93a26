import type { ProviderShape } from './provider-shape.ts';

/** Tokens as docs/presets/duende.md shows them. */
export const duende: ProviderShape<'user' | 'client' | 'id'> = {
  issuer: 'https://id.acme.com',
  audience: 'orders',
  algorithm: 'RS256',
  tokens: ({ audience }) => ({
    user: {
      header: { typ: 'at+jwt' },
      claims: {
        aud: audience,
        sub: '88421',
        client_id: 'web-app',
        scope: ['openid', 'orders.read'],
        auth_time: 1790000000,
        idp: 'local',
        amr: ['pwd'],
        sid: 'D1',
        jti: 'D2',
      },
    },
    client: {
      header: { typ: 'at+jwt' },
      claims: {
        aud: audience,
        client_id: 'nightly-sync',
        scope: ['orders.sync'],
        client_region: 'eu',
        jti: 'D3',
      },
    },
    id: {
      header: { typ: 'JWT' },
      claims: {
        sub: '88421',
        auth_time: 1790000000,
        idp: 'local',
        amr: ['pwd'],
        sid: 'D1',
        aud: 'web-app',
        nonce: 'n-0S6',
        at_hash: '77QmUPtjPfzWtF2AnpK9RQ',
      },
    },
  }),
};
