import { canaille } from '../../../src/providers/index.ts';
import { NO_KEYS, TIMES, type TokenTable } from '../token-table.ts';

const header = { typ: 'JWT', alg: 'RS512', kid: 'cak' };
const iss = 'https://auth.parcels.example';

const user = {
  iss,
  aud: ['web-app', 'parcels-api'],
  ...TIMES,
  auth_time: TIMES.iat,
  sub: 'ada',
  name: 'Ada Example',
  email: 'ada@parcels.example',
  groups: ['parcels-admins'],
};

// Tokens of machines are opaque: introspected-presets.test.ts and test/recorded have the answers.
export const table: TokenTable = {
  preset: 'canaille',
  sources: ['https://gitlab.com/yaal/canaille canaille/oidc/provider.py'],
  create: (issuer) => canaille({ issuer, jwks: NO_KEYS }),
  issuer: iss,
  requires: [],
  audience: ['parcels-api'],
  introspectionAlone: true,
  tokens: [
    { name: 'an access token of a user', truth: 'user', header, claims: user, expect: 'refused' },
    {
      name: 'an ID token',
      truth: 'user',
      header,
      claims: { ...user, nonce: 'n', at_hash: 'G2iV27FLjDklIrNPQADs_b' },
      expect: 'refused',
    },
  ],
};
