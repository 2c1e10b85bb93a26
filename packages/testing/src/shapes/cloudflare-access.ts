import type { ProviderShape } from './provider-shape.ts';

/** Tokens as docs/presets/cloudflare-access.md shows them. */
export const cloudflareAccess: ProviderShape<'user' | 'client'> = {
  issuer: 'https://acme.cloudflareaccess.com',
  audience: '32eafc7626e974616deaf0dc3ce63d7bcbed58a2731e84d06bc3cdf1b53c4228',
  algorithm: 'RS256',
  keysAt: (issuer) => `${issuer}/cdn-cgi/access/certs`,
  tokens: ({ audience }) => ({
    user: {
      header: {
        typ: 'JWT',
      },
      claims: {
        aud: [audience],
        sub: '7335d417-61da-459d-899c-0a01c76a2f94',
        email: 'ada@acme.com',
        type: 'app',
        identity_nonce: '6ei69kawdKzMIAPF',
        country: 'DE',
        nbf: 1790000000,
      },
    },
    client: {
      header: {
        typ: 'JWT',
      },
      claims: {
        aud: [audience],
        sub: '',
        common_name: 'e367826f93b8d71185e03fe518aff3b4.access',
        type: 'app',
      },
    },
  }),
};
