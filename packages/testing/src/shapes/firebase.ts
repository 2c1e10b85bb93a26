import { lastSegment } from './last-segment.ts';
import type { ProviderShape } from './provider-shape.ts';

/** Tokens as docs/presets/firebase.md shows them. */
export const firebase: ProviderShape<'user'> = {
  issuer: 'https://securetoken.google.com/acme-prod',
  audience: (issuer) => lastSegment(issuer),
  algorithm: 'RS256',
  keysAt: () =>
    'https://www.googleapis.com/service_accounts/v1/jwk/securetoken@system.gserviceaccount.com',
  tokens: ({ audience }) => ({
    user: {
      header: { typ: 'JWT' },
      claims: {
        aud: audience,
        sub: 'Lk2Pq',
        user_id: 'Lk2Pq',
        auth_time: 1790000000,
        email: 'ada@acme.com',
        email_verified: true,
        firebase: {
          identities: { email: ['ada@acme.com'] },
          sign_in_provider: 'password',
          tenant: 'north-a1',
        },
      },
    },
  }),
};
