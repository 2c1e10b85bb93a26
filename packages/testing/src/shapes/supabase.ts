import type { ProviderShape } from './provider-shape.ts';

/** Tokens as docs/presets/supabase.md shows them. */
export const supabase: ProviderShape<'user' | 'id'> = {
  issuer: 'https://abcdefghijklmnopqrst.supabase.co/auth/v1',
  audience: 'authenticated',
  algorithm: 'ES256',
  keysAt: (issuer) => `${issuer}/.well-known/jwks.json`,
  tokens: ({ audience }) => ({
    user: {
      header: {
        typ: 'JWT',
      },
      claims: {
        aud: audience,
        sub: '123e4567-e89b-12d3-a456-426614174000',
        role: 'authenticated',
        aal: 'aal1',
        session_id: '0c1d2e3f-4a5b-4c6d-8e7f-9a0b1c2d3e4f',
        is_anonymous: false,
        email: 'ada@acme.com',
        phone: '',
        client_id: '9b8a7c6d-5e4f-4a3b-8c2d-1e0f9a8b7c6d',
        scope: 'openid email',
        app_metadata: {
          provider: 'email',
        },
        user_metadata: {
          name: 'Ada',
        },
      },
    },
    id: {
      header: {
        typ: 'JWT',
      },
      claims: {
        sub: '123e4567-e89b-12d3-a456-426614174000',
        aud: '9b8a7c6d-5e4f-4a3b-8c2d-1e0f9a8b7c6d',
        client_id: '9b8a7c6d-5e4f-4a3b-8c2d-1e0f9a8b7c6d',
        auth_time: 1790000000,
        nonce: 'n-0S6',
        email: 'ada@acme.com',
        email_verified: true,
      },
    },
  }),
};
