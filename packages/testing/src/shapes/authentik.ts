import type { ProviderShape } from './provider-shape.ts';

/** Tokens as docs/presets/authentik.md shows them. */
export const authentik: ProviderShape<'user' | 'client' | 'id'> = {
  issuer: 'https://ak.acme.com/application/o/orders/',
  audience: 'pAk71x',
  algorithm: 'RS256',
  tokens: ({ audience }) => ({
    user: {
      header: { typ: 'JWT' },
      claims: {
        aud: audience,
        azp: audience,
        sub: '9c1185a5',
        caller_type: 'human',
        scope: 'openid profile',
        groups: ['dispatch'],
        uid: 'r4Nd0mA',
        auth_time: 1790000000,
      },
    },
    client: {
      header: { typ: 'JWT' },
      claims: {
        aud: audience,
        azp: audience,
        sub: '1f3870be',
        caller_type: 'machine',
        scope: 'profile',
        uid: 'r4Nd0mB',
        auth_time: 1790000000,
      },
    },
    id: {
      header: { typ: 'JWT' },
      claims: {
        aud: audience,
        sub: '9c1185a5',
        groups: ['dispatch'],
        uid: 'r4Nd0mA',
        auth_time: 1790000000,
        acr: 'goauthentik.io/providers/oauth2/default',
        amr: ['pwd'],
        nonce: 'n-0S6',
        at_hash: '77QmUPtjPfzWtF2AnpK9RQ',
        email: 'ada@acme.com',
      },
    },
  }),
};
