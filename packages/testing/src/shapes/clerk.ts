import type { ProviderShape } from './provider-shape.ts';

/** Tokens as docs/presets/clerk.md shows them. */
export const clerk: ProviderShape<'user' | 'client' | 'id', undefined> = {
  issuer: 'https://clerk.acme.com',
  audience: undefined,
  algorithm: 'RS256',
  keysAt: (issuer) => `${issuer}/.well-known/jwks.json`,
  tokens: () => ({
    user: {
      header: { typ: 'JWT', cat: 'cl_B7d4PD111AAA' },
      claims: {
        sub: 'user_2Zk',
        azp: 'https://app.acme.com',
        sid: 'sess_1',
        sts: 'active',
        v: 2,
        fea: 'o:orders,o:labels',
        o: { id: 'org_7d', slg: 'north', rol: 'dispatcher', per: 'read,manage', fpm: '3,1' },
      },
    },
    client: {
      header: { typ: 'JWT', cat: 'cl_B7d4PD333AAA' },
      claims: { sub: 'mch_3Qa', aud: ['mch_3Qb'], scopes: 'mch_3Qb', jti: 'mt_1' },
    },
    id: {
      header: { typ: 'JWT' },
      claims: {
        sub: 'user_2Zk',
        aud: 'coa_81',
        auth_time: 1790000000,
        nonce: 'n-0S6',
        at_hash: '77QmUPtjPfzWtF2AnpK9RQ',
        email: 'ada@acme.com',
      },
    },
  }),
};
