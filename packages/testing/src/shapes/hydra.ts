import type { ProviderShape } from './provider-shape.ts';

/** Tokens as docs/presets/hydra.md shows them. */
export const hydra: ProviderShape<'user' | 'client' | 'id'> = {
  issuer: 'https://acme.projects.oryapis.com',
  audience: 'https://api.acme.com',
  algorithm: 'RS256',
  tokens: ({ audience }) => ({
    user: {
      header: { typ: 'JWT' },
      claims: {
        aud: [audience],
        sub: 'ada',
        client_id: 'web-app',
        caller_type: 'human',
        scp: ['openid', 'orders.read'],
        ext: { caller_type: 'human' },
        nbf: 1790000000,
        jti: 'h1',
      },
    },
    client: {
      header: { typ: 'JWT' },
      claims: {
        aud: [audience],
        sub: 'nightly-sync',
        client_id: 'nightly-sync',
        caller_type: 'machine',
        scp: ['orders.sync'],
        ext: { caller_type: 'machine' },
        nbf: 1790000000,
        jti: 'h2',
      },
    },
    id: {
      header: { typ: 'JWT' },
      claims: {
        sub: 'ada',
        aud: ['web-app'],
        auth_time: 1790000000,
        nonce: 'n-0S6',
        at_hash: '77QmUPtjPfzWtF2AnpK9RQ',
        email: 'ada@acme.com',
        rat: 1790000000,
        sid: 's1',
        jti: 'i1',
      },
    },
  }),
};
