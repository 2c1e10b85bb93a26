import { supabase } from '../../../src/providers/index.ts';
import { NO_KEYS, TIMES, type TokenTable, without } from '../token-table.ts';

const header = { alg: 'ES256', kid: 'suk', typ: 'JWT' };
const iss = 'https://abcdefghijklmnopqrst.supabase.co/auth/v1';

const user = {
  aal: 'aal1',
  amr: [{ method: 'password', timestamp: TIMES.iat }],
  app_metadata: { provider: 'email', providers: ['email'] },
  aud: 'authenticated',
  email: 'dana@parcels.example',
  ...TIMES,
  iss,
  phone: '',
  role: 'authenticated',
  session_id: '0c1d2e3f-4a5b-4c6d-8e7f-9a0b1c2d3e4f',
  sub: '123e4567-e89b-12d3-a456-426614174000',
  user_metadata: { name: 'Dana', role: 'service_role' },
  is_anonymous: false,
};

const asUser = { kind: 'user', id: '123e4567-e89b-12d3-a456-426614174000' } as const;

export const table: TokenTable = {
  preset: 'supabase',
  sources: [
    'https://supabase.com/docs/guides/auth/jwt-fields',
    'https://github.com/supabase/auth internal/tokens/service.go',
  ],
  create: (issuer) => supabase({ issuer, jwks: NO_KEYS }),
  issuer: iss,
  requires: ['aud', 'sub', 'iat', 'role', 'aal', 'session_id', 'is_anonymous'],
  audience: ['authenticated'],
  oneKind: true,
  tokens: [
    { name: 'a user', truth: 'user', header, claims: user, expect: asUser },
    {
      name: 'a user through an app of ours',
      truth: 'user',
      header,
      provider: () => supabase({ issuer: iss, jwks: NO_KEYS, clientIds: ['9b8a7c6d-5e4f'] }),
      claims: { ...user, client_id: '9b8a7c6d-5e4f', scope: 'openid email' },
      expect: { ...asUser, clientId: '9b8a7c6d-5e4f', scopes: ['openid', 'email'] },
    },
    {
      name: "a user through somebody's app",
      truth: 'user',
      header,
      claims: { ...user, client_id: '9b8a7c6d-5e4f', scope: 'openid email' },
      expect: 'refused',
    },
    {
      name: 'a user through another app than those of ours',
      truth: 'user',
      header,
      provider: () => supabase({ issuer: iss, jwks: NO_KEYS, clientIds: ['9b8a7c6d-5e4f'] }),
      claims: { ...user, client_id: 'other' },
      expect: 'refused',
    },
    {
      name: 'an anonymous user, where anybody may call',
      truth: 'user',
      header,
      provider: () => supabase({ issuer: iss, jwks: NO_KEYS, anonymous: 'accept' }),
      claims: { ...user, is_anonymous: true },
      expect: asUser,
    },
    {
      name: 'a user with a role that a hook gave',
      truth: 'user',
      header,
      provider: () => supabase({ issuer: iss, jwks: NO_KEYS, databaseRoles: ['dispatcher'] }),
      claims: { ...user, role: 'dispatcher' },
      expect: asUser,
    },
    {
      name: 'an anonymous user',
      truth: 'user',
      header,
      claims: { ...user, is_anonymous: true },
      expect: 'refused',
    },
    {
      name: 'a user with a role that is not listed',
      truth: 'user',
      header,
      claims: { ...user, role: 'dispatcher' },
      expect: 'refused',
    },
    {
      name: 'a key of the project',
      truth: 'client',
      header,
      claims: { iss: 'supabase', ref: 'abcdefghijklmnopqrst', role: 'service_role', ...TIMES },
      expect: 'refused',
    },
    {
      name: 'a service in the form of a user',
      truth: 'client',
      header,
      claims: { ...user, role: 'service_role' },
      expect: 'refused',
    },
    {
      name: 'no session',
      truth: 'user',
      header,
      claims: { ...user, session_id: '' },
      expect: 'refused',
    },
    {
      name: 'no level of assurance',
      truth: 'user',
      header,
      claims: { ...user, aal: 1 },
      expect: 'refused',
    },
    {
      name: 'a client of no id',
      truth: 'user',
      header,
      claims: { ...user, client_id: '' },
      expect: 'refused',
    },
    {
      name: 'an ID token',
      truth: 'user',
      header,
      claims: {
        ...without(user, 'role', 'session_id', 'aal', 'is_anonymous'),
        aud: '9b8a7c6d-5e4f',
        auth_time: TIMES.iat,
      },
      expect: 'refused',
    },
  ],
};
