import type { ProviderShape } from './provider-shape.ts';

/** Tokens as docs/presets/better-auth.md shows them. */
export const betterAuth: ProviderShape<'user' | 'client' | 'id'> = {
  issuer: 'https://acme.com/api/auth',
  audience: 'https://api.acme.com',
  algorithm: 'EdDSA',
  tokens: ({ issuer, audience }) => ({
    user: {
      header: {
        typ: 'at+jwt',
      },
      claims: {
        sub: '98FJ9wQKomRuPvvvCAAduucF1K2E02Bu',
        aud: [audience, `${issuer}/oauth2/userinfo`],
        client_id: 'TWWJZWkwqUaNXbEcboZKJcGGodRCYGOR',
        azp: 'TWWJZWkwqUaNXbEcboZKJcGGodRCYGOR',
        scope: 'openid orders:read',
        sid: 'QS72D7aljsNYnVgfemBZTxvBak6hnr4Z',
        jti: 'b1',
      },
    },
    client: {
      header: {
        typ: 'at+jwt',
      },
      claims: {
        sub: 'EWxLHRiMhTexsWSxNGSgKnCcHMxADaiH',
        aud: audience,
        client_id: 'EWxLHRiMhTexsWSxNGSgKnCcHMxADaiH',
        azp: 'EWxLHRiMhTexsWSxNGSgKnCcHMxADaiH',
        scope: 'orders:sync',
        jti: 'b2',
      },
    },
    id: {
      header: {
        typ: 'JWT',
      },
      claims: {
        sub: '98FJ9wQKomRuPvvvCAAduucF1K2E02Bu',
        aud: 'TWWJZWkwqUaNXbEcboZKJcGGodRCYGOR',
        auth_time: 1790000000,
        acr: '0',
        nonce: 'n-0S6',
        at_hash: '77QmUPtjPfzWtF2AnpK9RQ',
      },
    },
  }),
};
