import type { ProviderShape } from './provider-shape.ts';

/** Tokens as docs/presets/zitadel.md shows them. */
export const zitadel: ProviderShape<'user' | 'client' | 'id'> = {
  issuer: 'https://acme.zitadel.cloud',
  audience: '301877700001',
  algorithm: 'RS256',
  tokens: ({ audience }) => ({
    user: {
      header: { typ: 'JWT' },
      claims: {
        aud: ['301871', audience],
        sub: '301880',
        client_id: '301871',
        caller_type: 'human',
        'urn:zitadel:iam:user:resourceowner:id': '301870000009',
        [`urn:zitadel:iam:org:project:${audience}:roles`]: {
          clerk: { '301870000009': 'acme.com' },
        },
        nbf: 1790000000,
        jti: 'z1',
      },
    },
    client: {
      header: { typ: 'JWT' },
      claims: {
        aud: [audience],
        sub: '301999',
        client_id: 'nightly-sync',
        caller_type: 'machine',
        'urn:zitadel:iam:user:resourceowner:id': '301870000009',
        nbf: 1790000000,
        jti: 'z2',
      },
    },
    id: {
      header: { typ: 'JWT' },
      claims: {
        sub: '301880',
        aud: ['301871', audience],
        azp: '301871',
        client_id: '301871',
        amr: ['pwd'],
        auth_time: 1790000000,
        nonce: 'n-0S6',
        at_hash: '77QmUPtjPfzWtF2AnpK9RQ',
        email: 'ada@acme.com',
        sid: 'V1',
      },
    },
  }),
};
