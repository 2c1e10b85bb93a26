import { custom } from '../../../src/providers/index.ts';
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

export const table: TokenTable = {
  preset: 'custom',
  sources: ['packages/core/src/providers/custom.ts'],
  create: (issuer) =>
    custom({
      issuer,
      jwks: NO_KEYS,
      classify: ({ kind }) =>
        kind === 'person' ? 'user' : kind === 'service' ? 'client' : 'refuse',
    }),
  issuer: 'https://own.parcels.example',
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
