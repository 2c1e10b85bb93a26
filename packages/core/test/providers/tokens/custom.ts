import { type CustomOptions, custom } from '../../../src/providers/index.ts';
import { API, NO_KEYS, TIMES, type TokenTable, without } from '../token-table.ts';

const header = { typ: 'JWT', alg: 'RS256', kid: 'c1' };

const user = {
  iss: 'https://own.parcels.example',
  sub: 'p-17',
  aud: API,
  azp: 'web',
  ...TIMES,
  kind: 'person',
  scope: ['parcels.read'],
};

const client = {
  iss: 'https://own.parcels.example',
  sub: 's-4',
  aud: API,
  client_id: 'nightly-sync',
  ...TIMES,
  kind: 'service',
  scope: 'parcels.sync',
};

const options: CustomOptions = {
  issuer: 'https://own.parcels.example',
  jwks: NO_KEYS,
  classify: ({ kind }) => (kind === 'person' ? 'user' : kind === 'service' ? 'client' : 'refuse'),
};
const withoutAudience = () => custom({ ...options, audienceClaim: 'absent', accepts: () => true });

export const table: TokenTable = {
  preset: 'custom',
  sources: ['packages/core/src/providers/custom.ts'],
  create: (issuer) => custom({ ...options, issuer }),
  issuer: 'https://own.parcels.example',
  requires: [],
  audience: [API],
  operatorRule: true,
  tokens: [
    {
      name: 'a user',
      truth: 'user',
      header,
      claims: user,
      expect: { kind: 'user', id: 'p-17', clientId: 'web', scopes: ['parcels.read'] },
    },
    {
      name: 'a client',
      truth: 'client',
      header: { ...header, typ: 'at+jwt' },
      claims: client,
      expect: { kind: 'client', id: 'nightly-sync', scopes: ['parcels.sync'] },
    },
    {
      name: 'a kind that the rule does not know',
      truth: 'client',
      header,
      claims: { ...client, kind: 'robot' },
      expect: 'refused',
    },
    ...['at_hash', 'c_hash', 'nonce'].map((name) => ({
      name: `an ID token for the API, with ${name}`,
      truth: 'user' as const,
      header,
      claims: { ...user, [name]: 'Xr0v' },
      expect: 'refused' as const,
    })),
    {
      name: 'a logout token for the API',
      truth: 'user',
      header,
      claims: { ...user, events: {} },
      expect: 'refused',
    },
    {
      name: 'a user of a server that has nonce in access tokens',
      truth: 'user',
      header,
      provider: () => custom({ ...options, nonce: 'accept' }),
      claims: { ...user, nonce: 'Xr0v' },
      expect: { kind: 'user', id: 'p-17', clientId: 'web', scopes: ['parcels.read'] },
    },
    {
      name: 'scp that agrees with scope',
      truth: 'user',
      header,
      claims: { ...user, scope: 'a b', scp: ['b', 'a', 'a'] },
      expect: { kind: 'user', id: 'p-17', clientId: 'web', scopes: ['a', 'b'] },
    },
    ...[['a'], ['a', 'b', 'c'], ['a', 'c'], 'a', 7, []].map((scp) => ({
      name: `scp that does not agree with scope: ${JSON.stringify(scp)}`,
      truth: 'user' as const,
      header,
      claims: { ...user, scope: 'a b', scp },
      expect: 'refused' as const,
    })),
    ...(['scope', 'scp'] as const).map((scopes) => ({
      name: `scp and scope, of which ${scopes} is named`,
      truth: 'user' as const,
      header,
      provider: () => custom({ ...options, scopes }),
      claims: { ...user, scope: 'in-scope', scp: ['in-scp'] },
      expect: { kind: 'user' as const, id: 'p-17', clientId: 'web', scopes: [`in-${scopes}`] },
    })),
    {
      name: 'a token with aud, where the provider sends none',
      truth: 'client',
      header,
      provider: withoutAudience,
      claims: { ...client, aud: 'https://other.example' },
      expect: 'refused',
    },
    {
      name: 'a token without aud, where the provider sends none',
      truth: 'client',
      header,
      provider: withoutAudience,
      claims: without(client, 'aud'),
      expect: { kind: 'client', id: 'nightly-sync', scopes: ['parcels.sync'] },
    },
    {
      name: 'an ID token with nonce, where the provider sends no aud',
      truth: 'client',
      header,
      provider: withoutAudience,
      claims: { ...without(client, 'aud'), nonce: 'Xr0v' },
      expect: 'refused',
    },
    {
      name: 'a client without an id',
      truth: 'client',
      header,
      claims: without(client, 'client_id'),
      expect: 'refused',
    },
    {
      name: 'a token without typ',
      truth: 'user',
      header: { alg: 'RS256', kid: 'c1' },
      claims: user,
      expect: 'refused',
    },
  ],
};
