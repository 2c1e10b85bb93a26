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

const unknown = () => spring({ issuer: iss, jwks: NO_KEYS, subjectNamespaces: 'unknown' });

const byClientId = () =>
  spring({
    issuer: iss,
    jwks: NO_KEYS,
    subjectNamespaces: 'disjoint',
    rolesClaim: 'roles',
  });

const own = () =>
  spring({
    issuer: iss,
    jwks: NO_KEYS,
    clientIdFrom: 'aud',
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
  create: (issuer) =>
    spring({ issuer, jwks: NO_KEYS, subjectNamespaces: 'disjoint', clientIdFrom: 'aud' }),
  issuer: iss,
  requires: ['aud', 'sub', 'nbf'],
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
      name: 'a user who was asked for no scope: the server writes no claim',
      truth: 'user',
      header,
      claims: without(user, 'scope'),
      expect: { kind: 'user', id: 'dana', clientId: 'courier-web' },
    },
    {
      name: 'a user who was asked for no scope, where the type was set',
      truth: 'user',
      header: { ...header, typ: 'application/at+JWT' },
      claims: without(user, 'scope'),
      expect: { kind: 'user', id: 'dana', clientId: 'courier-web' },
    },
    {
      name: 'the same, where the type is written short',
      truth: 'user',
      header: { ...header, typ: 'at+jwt' },
      claims: without(user, 'scope'),
      expect: { kind: 'user', id: 'dana', clientId: 'courier-web' },
    },
    {
      name: 'a user whose scopes a customizer, which adds client_id, made a string',
      truth: 'user',
      header,
      claims: { ...user, aud: [API], client_id: 'courier-web', scope: 'parcels.read' },
      expect: asUser,
    },
    {
      name: 'a user whose client azp names, and not aud',
      truth: 'user',
      header,
      claims: { ...user, aud: 'nightly-sync', azp: 'courier-web' },
      expect: asUser,
    },
    {
      name: 'a token without scope of another server, by its type',
      truth: 'client',
      header: { ...header, typ: 'JWT' },
      claims: { ...without(client, 'scope'), sub: 'x' },
      expect: 'refused',
    },
    {
      name: 'a token with scopes in a string and no client_id, which this server does not write',
      truth: 'client',
      header,
      claims: { ...client, sub: 'x', scope: 'parcels.sync' },
      expect: 'refused',
    },
    {
      name: 'a user whose token says the client by azp',
      truth: 'user',
      header,
      provider: byClientId,
      claims: { ...user, aud: API, azp: 'courier-web' },
      expect: asUser,
    },
    {
      name: 'a token without a subject',
      truth: 'client',
      header,
      claims: without(client, 'sub'),
      expect: 'refused',
    },
    {
      name: 'a client that asked for no scope',
      truth: 'client',
      header,
      claims: without(client, 'scope'),
      expect: { kind: 'client', id: 'nightly-sync' },
    },
    {
      name: 'a client of which nobody said that aud is its id: aud is the API',
      truth: 'client',
      header,
      provider: byClientId,
      claims: { ...client, sub: 'sync-plainname', aud: 'nightly-sync' },
      expect: 'refused',
    },
    {
      name: 'a user named like the API, of whom nobody said that aud is the client',
      truth: 'user',
      header,
      provider: byClientId,
      claims: { ...user, sub: 'courier-web', aud: 'courier-web' },
      expect: 'refused',
    },
    {
      name: 'a user with roles',
      truth: 'user',
      header,
      provider: byClientId,
      claims: {
        ...user,
        aud: API,
        client_id: 'courier-web',
        roles: ['FACTOR_PASSWORD', 'ROLE_ADMIN'],
      },
      expect: { ...asUser, roles: ['FACTOR_PASSWORD', 'ROLE_ADMIN'] },
    },
    {
      name: 'a client with a list of no roles',
      truth: 'client',
      header,
      provider: byClientId,
      claims: { ...client, aud: API, client_id: 'nightly-sync', roles: [] },
      expect: asClient,
    },
    {
      name: 'a user named like the client that exchanged the token, with the authority of a sign-in',
      truth: 'user',
      header,
      provider: byClientId,
      claims: {
        ...user,
        sub: 'gateway',
        aud: API,
        client_id: 'gateway',
        roles: ['FACTOR_PASSWORD', 'ROLE_USER'],
      },
      expect: 'refused',
    },
    {
      name: 'the same, where the customizer calls the claim otherwise',
      truth: 'user',
      header,
      claims: { ...user, sub: 'courier-web', authorities: ['ROLE_USER', 'FACTOR_X509'] },
      expect: 'refused',
    },
    {
      name: 'an ID token, where a customizer sets the claims of every token',
      truth: 'user',
      header,
      claims: {
        ...without(user, 'nbf'),
        aud: API,
        client_id: 'courier-web',
        azp: 'courier-web',
        auth_time: TIMES.iat,
        sid: 's1',
      },
      expect: 'refused',
    },
    {
      name: 'an ID token to which a customizer adds nbf',
      truth: 'user',
      header,
      claims: {
        ...user,
        aud: API,
        client_id: 'courier-web',
        azp: 'courier-web',
        auth_time: TIMES.iat,
        sid: 's1',
      },
      expect: 'refused',
    },
    {
      name: 'an ID token of the client, without nbf alone',
      truth: 'user',
      header,
      claims: without(user, 'nbf'),
      expect: 'refused',
    },
    {
      name: 'a user by a customizer that adds azp and sid',
      truth: 'user',
      header,
      claims: { ...user, aud: API, client_id: 'courier-web', azp: 'courier-web', sid: 's1' },
      expect: asUser,
    },
  ],
};
