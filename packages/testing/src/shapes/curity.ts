import type { ProviderShape } from './provider-shape.ts';

/** Tokens as docs/presets/curity.md shows them. */
export const curity: ProviderShape<'user' | 'client' | 'id'> = {
  issuer: 'https://login.acme.com/oauth/v2/oauth-anonymous',
  audience: 'https://api.acme.com',
  algorithm: 'ES256',
  tokens: ({ audience }) => ({
    user: {
      header: {},
      claims: {
        aud: audience,
        sub: '77de40',
        client_id: 'web-app',
        scope: 'openid orders',
        purpose: 'access_token',
        delegationId: 'd1',
        jti: 'c1',
      },
    },
    client: {
      header: {},
      claims: {
        aud: audience,
        sub: 'nightly-sync',
        client_id: 'nightly-sync',
        scope: 'orders',
        purpose: 'access_token',
        delegationId: 'd2',
        jti: 'c2',
      },
    },
    id: {
      header: {},
      claims: {
        sub: '77de40',
        aud: 'web-app',
        azp: 'web-app',
        purpose: 'id',
        jti: 'i1',
        auth_time: 1790000000,
        nonce: 'n-0S6',
        at_hash: '77QmUPtjPfzWtF2AnpK9RQ',
        email: 'ada@acme.com',
      },
    },
  }),
};
