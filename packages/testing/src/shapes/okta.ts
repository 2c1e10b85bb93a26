import type { ProviderShape } from './provider-shape.ts';

/** Tokens as docs/presets/okta.md shows them. */
export const okta: ProviderShape<'user' | 'client' | 'id'> = {
  issuer: 'https://acme.okta.com/oauth2/default',
  audience: 'https://api.acme.com',
  algorithm: 'RS256',
  tokens: ({ audience }) => ({
    user: {
      header: {},
      claims: {
        aud: audience,
        sub: 'ada@acme.com',
        uid: '00u7x',
        cid: '0oa1web',
        scp: ['openid', 'orders.read'],
        groups: ['Sales'],
      },
    },
    client: {
      header: {},
      claims: { aud: audience, sub: '0oa2sync', cid: '0oa2sync', scp: ['orders.sync'] },
    },
    id: {
      header: {},
      claims: {
        sub: '00u7x',
        aud: '0oa1web',
        ver: 1,
        idp: '00o1',
        amr: ['pwd'],
        auth_time: 1790000000,
        nonce: 'n-0S6',
        at_hash: '77QmUPtjPfzWtF2AnpK9RQ',
        email: 'ada@acme.com',
      },
    },
  }),
};
