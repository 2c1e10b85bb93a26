import { betterAuth } from '../../../src/providers/index.ts';
import { API, NO_KEYS, TIMES, type TokenTable, without } from '../token-table.ts';

const header = { typ: 'at+jwt', alg: 'EdDSA', kid: 'bak' };
const iss = 'https://parcels.example/api/auth';

const user = {
  sub: '98FJ9wQKomRuPvvvCAAduucF1K2E02Bu',
  aud: API,
  client_id: 'TWWJZWkwqUaNXbEcboZKJcGGodRCYGOR',
  azp: 'TWWJZWkwqUaNXbEcboZKJcGGodRCYGOR',
  scope: 'parcels:read',
  sid: 'QS72D7aljsNYnVgfemBZTxvBak6hnr4Z',
  iss,
  ...TIMES,
  jti: 'ba1',
};

const client = {
  sub: 'EWxLHRiMhTexsWSxNGSgKnCcHMxADaiH',
  aud: API,
  client_id: 'EWxLHRiMhTexsWSxNGSgKnCcHMxADaiH',
  azp: 'EWxLHRiMhTexsWSxNGSgKnCcHMxADaiH',
  scope: 'parcels:sync',
  iss,
  ...TIMES,
  jti: 'ba2',
};

const asUser = {
  kind: 'user',
  id: '98FJ9wQKomRuPvvvCAAduucF1K2E02Bu',
  clientId: 'TWWJZWkwqUaNXbEcboZKJcGGodRCYGOR',
  scopes: ['parcels:read'],
} as const;
const asClient = {
  kind: 'client',
  id: 'EWxLHRiMhTexsWSxNGSgKnCcHMxADaiH',
  scopes: ['parcels:sync'],
} as const;

export const table: TokenTable = {
  preset: 'betterAuth',
  sources: [
    'https://github.com/better-auth/better-auth packages/oauth-provider/src/token.ts',
    'https://www.better-auth.com/docs/plugins/oauth-provider',
  ],
  create: (issuer) => betterAuth({ issuer, jwks: NO_KEYS }),
  issuer: iss,
  requires: ['aud', 'sub', 'client_id', 'iat', 'jti', 'azp'],
  audience: [API],
  byComparison: true,
  tokens: [
    { name: 'a user', truth: 'user', header, claims: user, expect: asUser },
    {
      name: 'a user with openid, whose token is for userinfo, too',
      truth: 'user',
      header,
      claims: { ...user, aud: [API, `${iss}/oauth2/userinfo`], scope: 'openid parcels:read' },
      expect: { ...asUser, scopes: ['openid', 'parcels:read'] },
    },
    {
      name: 'a user by the device grant, without a session',
      truth: 'user',
      header,
      claims: without(user, 'sid'),
      expect: asUser,
    },
    {
      name: 'a user through a client that is known by its URL',
      truth: 'user',
      header: { ...header, alg: 'ES512' },
      claims: { ...user, client_id: 'https://app.example/id', azp: 'https://app.example/id' },
      expect: { ...asUser, clientId: 'https://app.example/id' },
    },
    { name: 'a client', truth: 'client', header, claims: client, expect: asClient },
    {
      name: 'a client whose token is for two APIs, with claims of its own',
      truth: 'client',
      header,
      claims: { ...client, aud: [API, 'https://orders.parcels.example'], plan: 'pro' },
      expect: asClient,
    },
    {
      name: 'a client with a session',
      truth: 'client',
      header,
      claims: { ...client, sid: 'QS72D7aljsNYnVgfemBZTxvBak6hnr4Z' },
      expect: 'refused',
    },
    {
      name: 'a user whose azp is another client',
      truth: 'user',
      header,
      claims: { ...user, azp: 'EWxLHRiMhTexsWSxNGSgKnCcHMxADaiH' },
      expect: 'refused',
    },
    {
      name: 'a token of the JWT plugin, which is for no API',
      truth: 'user',
      header: { ...header, typ: 'JWT' },
      claims: { sub: user.sub, iss, aud: iss, ...TIMES, email: 'dana@parcels.example' },
      expect: 'refused',
    },
  ],
};
