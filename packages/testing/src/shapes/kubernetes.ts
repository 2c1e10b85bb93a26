import type { ProviderShape } from './provider-shape.ts';

/** Tokens as docs/presets/kubernetes.md shows them. */
export const kubernetes: ProviderShape<'client'> = {
  issuer: 'https://oidc.cluster.acme.com',
  audience: 'https://api.acme.com',
  algorithm: 'RS256',
  tokens: ({ audience }) => ({
    client: {
      header: {},
      claims: {
        aud: [audience],
        sub: 'system:serviceaccount:shop:nightly-sync',
        'kubernetes.io': {
          namespace: 'shop',
          pod: { name: 'sync-0', uid: 'pu1' },
          serviceaccount: { name: 'nightly-sync', uid: 'su1' },
        },
        jti: 'k8',
      },
    },
  }),
};
