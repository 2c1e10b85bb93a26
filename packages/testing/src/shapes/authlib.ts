import type { ProviderShape } from './provider-shape.ts';

/** Tokens as docs/presets/authlib.md shows them. */
export const authlib: ProviderShape<'user' | 'client' | 'id'> = {
  issuer: 'https://auth.acme.com',
  audience: 'https://api.acme.com',
  algorithm: 'RS256',
  tokens: ({ audience }) => ({
    user: {
      header: {
        typ: 'at+jwt',
      },
      claims: {
        client_id: 'web-app',
        jti: 'a1',
        scope: 'profile orders:read',
        sub: '7',
        aud: [audience],
        auth_time: 1790000000,
        amr: ['pwd'],
        sub_type: 'user',
        roles: ['dispatcher'],
        groups: ['north'],
      },
    },
    client: {
      header: {
        typ: 'at+jwt',
      },
      claims: {
        client_id: 'nightly-sync',
        jti: 'a2',
        scope: 'orders:sync',
        sub: 'nightly-sync',
        aud: [audience],
        sub_type: 'client',
      },
    },
    id: {
      header: {
        typ: 'JWT',
      },
      claims: {
        sub: '7',
        aud: ['web-app'],
        auth_time: 1790000000,
        nonce: 'n-0S6',
        at_hash: '77QmUPtjPfzWtF2AnpK9RQ',
      },
    },
  }),
};
