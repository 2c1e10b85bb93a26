import { hydra } from '../../../src/providers/index.ts';
import { API, NO_KEYS, TIMES, type TokenTable, without } from '../token-table.ts';

const header = { alg: 'RS256', typ: 'JWT', kid: 'hyk' };
const iss = 'https://hydra.parcels.example';

const user = {
  aud: [API],
  client_id: 'b4f1d7c2-9a9a-4b4b-8c8c-2d2d3e3e4f4f',
  ...TIMES,
  nbf: TIMES.iat,
  ext: { tenant: 'north' },
  iss,
  jti: 'hy1',
  scp: ['openid', 'parcels.read'],
  sub: 'dana',
};

const client = {
  aud: [API],
  client_id: '7c6b5a49-1e1e-4d4d-9c9c-5b5b6a6a7f7f',
  ...TIMES,
  nbf: TIMES.iat,
  ext: {},
  iss,
  jti: 'hy2',
  scp: ['parcels.sync'],
  sub: '7c6b5a49-1e1e-4d4d-9c9c-5b5b6a6a7f7f',
};

const byHook = () =>
  hydra({
    issuer: iss,
    jwks: NO_KEYS,
    classify: ({ caller_type: type }) =>
      type === 'human' ? 'user' : type === 'machine' ? 'client' : 'refuse',
  });

const unknown = () => hydra({ issuer: iss, jwks: NO_KEYS, subjectNamespaces: 'unknown' });

const asUser = {
  kind: 'user',
  id: 'dana',
  clientId: 'b4f1d7c2-9a9a-4b4b-8c8c-2d2d3e3e4f4f',
  scopes: ['openid', 'parcels.read'],
} as const;
const asClient = {
  kind: 'client',
  id: '7c6b5a49-1e1e-4d4d-9c9c-5b5b6a6a7f7f',
  scopes: ['parcels.sync'],
} as const;

export const table: TokenTable = {
  preset: 'hydra',
  sources: [
    'https://github.com/ory/hydra oauth2/session.go',
    'https://www.ory.com/docs/oauth2-oidc/jwt-access-token',
  ],
  create: (issuer) => hydra({ issuer, jwks: NO_KEYS, subjectNamespaces: 'disjoint' }),
  issuer: iss,
  requires: ['aud', 'sub', 'client_id', 'jti'],
  audience: [API, 'https://hydra.parcels.example/oauth2/token/'],
  byComparison: true,
  tokens: [
    { name: 'a user', truth: 'user', header, claims: user, expect: asUser },
    {
      name: 'a user, where scopes are a string',
      truth: 'user',
      header,
      claims: { ...without(user, 'scp'), scope: 'openid parcels.read' },
      expect: asUser,
    },
    {
      name: 'a user, where scopes are both: the list counts',
      truth: 'user',
      header,
      claims: { ...user, scope: 'openid parcels.read parcels.delete' },
      expect: asUser,
    },
    {
      name: 'a user whose person the log-in app puts under ext',
      truth: 'user',
      header,
      claims: { ...user, ext: { email: 'dana@parcels.example', sub: 'evil', client_id: 'evil' } },
      expect: asUser,
    },
    { name: 'a client', truth: 'client', header, claims: client, expect: asClient },
    {
      name: 'a client with claims of a session',
      truth: 'client',
      header,
      claims: { ...client, ext: { sub: 'dana', tenant: 'north' } },
      expect: asClient,
    },
    {
      name: 'a user whom the log-in app called by the id of the client, with a person under ext',
      truth: 'user',
      header,
      claims: { ...user, sub: user.client_id, ext: { email: 'dana@parcels.example' } },
      expect: 'refused',
    },
    {
      name: 'a user called by the id of the client, by the token hook',
      truth: 'user',
      header,
      provider: byHook,
      claims: { ...user, sub: user.client_id, caller_type: 'human' },
      expect: { ...asUser, id: user.client_id },
    },
    {
      name: 'a client, by the token hook',
      truth: 'client',
      header,
      provider: byHook,
      claims: { ...client, caller_type: 'machine' },
      expect: asClient,
    },
    {
      name: 'a token that the hook did not see',
      truth: 'client',
      header,
      provider: byHook,
      claims: client,
      expect: 'refused',
    },
    {
      name: 'a client, nothing being known of subjects',
      truth: 'client',
      header,
      provider: unknown,
      claims: client,
      expect: 'refused',
    },
    {
      name: 'a workload by an assertion (RFC 7523), whose subject is its own',
      truth: 'client',
      header,
      claims: {
        ...client,
        aud: ['https://hydra.parcels.example/oauth2/token', API],
        sub: 'repo:parcels/router:ref:refs/heads/main',
      },
      expect: 'refused',
    },
    {
      name: 'the same through another origin, whom the hook calls a person',
      truth: 'client',
      header,
      provider: byHook,
      claims: {
        ...client,
        aud: [API, 'https://sso.parcels.example/oauth2/token'],
        sub: 'dana',
        caller_type: 'human',
      },
      expect: 'refused',
    },
    {
      name: 'a client that asked for no audience',
      truth: 'client',
      header,
      claims: { ...client, aud: [] },
      expect: 'refused',
    },
    {
      name: 'a client of which the login app says that it is a person',
      truth: 'client',
      header,
      claims: { ...client, email: 'dana@parcels.example' },
      expect: 'refused',
    },
    ...(['at_hash', 'nonce', 'rat'] as const).map((name) => ({
      name: `an ID token to which the consent app adds client_id and scp, by ${name}`,
      truth: 'user' as const,
      header,
      claims: { ...user, [name]: 'x' },
      expect: 'refused' as const,
    })),
    {
      name: 'a token without an id of its own',
      truth: 'client',
      header,
      claims: without(client, 'jti'),
      expect: 'refused',
    },
    {
      name: 'a token without scopes, which Hydra writes even when there are none',
      truth: 'client',
      header,
      claims: without(client, 'scp'),
      expect: 'refused',
    },
    {
      name: 'a token by an assertion, with the token endpoint as the only audience',
      truth: 'client',
      header,
      claims: { ...client, aud: 'https://hydra.parcels.example/oauth2/token/' },
      expect: 'refused',
    },
    {
      name: 'an ID token, which has no client_id',
      truth: 'user',
      header,
      claims: without(user, 'client_id', 'scp'),
      expect: 'refused',
    },
  ],
};
