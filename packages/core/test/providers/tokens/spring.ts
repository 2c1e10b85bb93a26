import { spring } from '../../../src/providers/index.ts';
import { API, NO_KEYS, TIMES, type TokenTable, without } from '../token-table.ts';

const header = { kid: 'spk', alg: 'RS256' };
const iss = 'https://auth.parcels.example';

const user = {
  sub: 'dana',
  aud: ['courier-web'],
  nbf: TIMES.iat,
  scope: ['parcels.read'],
  iss,
  ...TIMES,
  jti: 'sp1',
};

const client = {
  sub: 'nightly-sync',
  aud: ['nightly-sync'],
  nbf: TIMES.iat,
  scope: ['parcels.sync'],
  iss,
  ...TIMES,
  jti: 'sp2',
};

const unknown = spring({ issuer: iss, jwks: NO_KEYS, subjectNamespaces: 'unknown' });

const own = spring({
  issuer: iss,
  jwks: NO_KEYS,
  classify: ({ caller_type }) =>
    caller_type === 'human' ? 'user' : caller_type === 'machine' ? 'client' : 'refuse',
});

const asUser = {
  kind: 'user',
  id: 'dana',
  clientId: 'courier-web',
  scopes: ['parcels.read'],
} as const;
const asClient = { kind: 'client', id: 'nightly-sync', scopes: ['parcels.sync'] } as const;

export const table: TokenTable = {
  preset: 'spring',
  sources: [
    'https://github.com/spring-projects/spring-security oauth2/oauth2-authorization-server (token/JwtGenerator.java)',
    'https://github.com/spring-projects/spring-security oauth2/oauth2-authorization-server (authentication/OAuth2ClientCredentialsAuthenticationProvider.java)',
  ],
  create: (issuer) => spring({ issuer, jwks: NO_KEYS, subjectNamespaces: 'disjoint' }),
  issuer: iss,
  audience: [API, 'courier-web', 'nightly-sync'],
  byComparison: true,
  tokens: [
    {
      name: 'a user, nothing being known of names',
      truth: 'user',
      header,
      provider: unknown,
      claims: user,
      expect: 'refused',
    },
    {
      name: 'a client, nothing being known of names',
      truth: 'client',
      header,
      provider: unknown,
      claims: client,
      expect: 'refused',
    },
    { name: 'a user', truth: 'user', header, claims: user, expect: asUser },
    { name: 'a client', truth: 'client', header, claims: client, expect: asClient },
    {
      name: 'a user, by a customizer that adds client_id',
      truth: 'user',
      header,
      claims: { ...user, aud: [API], client_id: 'courier-web', act: { iss, sub: 'gateway' } },
      expect: asUser,
    },
    {
      name: 'a client, by a customizer that adds client_id',
      truth: 'client',
      header,
      claims: { ...client, aud: [API], client_id: 'nightly-sync' },
      expect: asClient,
    },
    {
      name: 'a user, by a rule of your own',
      truth: 'user',
      header,
      provider: own,
      claims: { ...user, caller_type: 'human' },
      expect: asUser,
    },
    {
      name: 'a client, by a rule of your own',
      truth: 'client',
      header,
      provider: own,
      claims: { ...client, caller_type: 'machine' },
      expect: asClient,
    },
    {
      name: 'a client with an aud of the API, and nothing that names the client',
      truth: 'client',
      header,
      claims: { ...client, aud: [API] },
      expect: 'refused',
    },
    {
      name: 'a client with two audiences, and nothing that names the client',
      truth: 'client',
      header,
      claims: { ...client, aud: ['nightly-sync', 'courier-web'] },
      expect: 'refused',
    },
    {
      name: 'a user with the name of the client',
      truth: 'user',
      header,
      claims: { ...user, sub: 'courier-web', auth_time: TIMES.iat },
      expect: 'refused',
    },
    {
      name: 'a subject without scopes',
      truth: 'client',
      header,
      claims: { ...without(client, 'scope'), sub: 'x' },
      expect: 'refused',
    },
  ],
};
