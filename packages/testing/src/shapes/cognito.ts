import type { ProviderShape } from './provider-shape.ts';

/** Tokens as docs/presets/cognito.md shows them. */
export const cognito: ProviderShape<'user' | 'client' | 'id', undefined> = {
  issuer: 'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Zk3Pq9',
  audience: undefined,
  algorithm: 'RS256',
  keysAt: (issuer) => `${issuer}/.well-known/jwks.json`,
  tokens: () => ({
    user: {
      header: {},
      claims: {
        sub: 'a1b2',
        client_id: '6k2v9h',
        username: 'ada',
        token_use: 'access',
        scope: 'orders/read',
        'cognito:groups': ['clerks'],
        auth_time: 1790000000,
      },
    },
    client: {
      header: {},
      claims: {
        sub: '3m8s1q',
        client_id: '3m8s1q',
        token_use: 'access',
        scope: 'orders/sync',
        auth_time: 1790000000,
      },
    },
    id: {
      header: {},
      claims: {
        sub: 'a1b2',
        'cognito:groups': ['clerks'],
        auth_time: 1790000000,
        aud: '6k2v9h',
        'cognito:username': 'ada',
        token_use: 'id',
        email: 'ada@acme.com',
        at_hash: '77QmUPtjPfzWtF2AnpK9RQ',
      },
    },
  }),
};
