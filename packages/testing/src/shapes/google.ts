import type { ProviderShape } from './provider-shape.ts';

/** Tokens as docs/presets/google.md shows them. */
export const google: ProviderShape<'user' | 'client'> = {
  issuer: 'https://accounts.google.com',
  audience: '4471-web.apps.googleusercontent.com',
  algorithm: 'RS256',
  keysAt: () => 'https://www.googleapis.com/oauth2/v3/certs',
  tokens: ({ audience }) => ({
    user: {
      header: { typ: 'JWT' },
      claims: {
        aud: audience,
        azp: audience,
        sub: '104400100200300',
        hd: 'acme.com',
        email: 'ada@acme.com',
        email_verified: true,
      },
    },
    client: {
      header: { typ: 'JWT' },
      claims: {
        aud: audience,
        azp: '118822003300440',
        sub: '118822003300440',
        email: 'nightly@acme-prod.iam.gserviceaccount.com',
        email_verified: true,
      },
    },
  }),
};
