import type { ProviderShape } from './provider-shape.ts';

/** Tokens as docs/presets/spiffe.md shows them. */
export const spiffe: ProviderShape<'client'> = {
  issuer: 'spiffe://acme.com',
  audience: 'https://api.acme.com',
  algorithm: 'ES256',
  keysAt: () => 'https://bundle.acme.com/',
  tokens: ({ issuer, audience }) => ({
    client: {
      header: { typ: 'JWT' },
      claims: { iss: undefined, sub: `${issuer}/ns/shop/sa/nightly-sync`, aud: [audience] },
    },
  }),
};
