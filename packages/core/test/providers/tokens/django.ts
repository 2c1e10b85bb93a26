import { django } from '../../../src/providers/index.ts';
import { API, NO_KEYS, TIMES, type TokenTable } from '../token-table.ts';

const iss = 'https://auth.parcels.example/o';

// Its access tokens are opaque: introspected-presets.test.ts and test/recorded have the answers.
export const table: TokenTable = {
  preset: 'django',
  sources: [
    'https://github.com/django-oauth/django-oauth-toolkit oauth2_provider/views/introspect.py',
  ],
  create: (issuer) => django({ issuer, jwks: NO_KEYS }),
  issuer: iss,
  requires: [],
  audience: [API],
  introspectionAlone: true,
  tokens: [
    {
      name: 'a token that its generator signed, or a refresh token that looks the same',
      truth: 'user',
      header: { alg: 'RS256', typ: 'JWT' },
      claims: { scope: null, exp: TIMES.exp, iss, aud: API },
      expect: 'refused',
    },
    {
      name: 'a token of a machine that its generator signed',
      truth: 'client',
      header: { alg: 'RS256', typ: 'JWT' },
      claims: { scope: 'parcels:read', exp: TIMES.exp, iss, aud: API },
      expect: 'refused',
    },
    {
      name: 'an ID token',
      truth: 'user',
      header: { alg: 'RS256', typ: 'JWT', kid: 'dok' },
      claims: { aud: 'web-app', sub: '1', iss, ...TIMES, auth_time: TIMES.iat, jti: 'do1' },
      expect: 'refused',
    },
  ],
};
