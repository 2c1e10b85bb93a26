import { oidcProvider } from '../../../src/providers/index.ts';
import { API, NO_KEYS, TIMES, type TokenTable } from '../token-table.ts';

const header = { alg: 'RS256', typ: 'at+jwt', kid: 'pvk' };

const user = {
  jti: 'pv1',
  sub: 'acct_4471',
  ...TIMES,
  scope: 'parcels:read',
  client_id: 'courier-web',
  iss: 'https://op.parcels.example',
  aud: API,
};

const client = {
  jti: 'pv2',
  sub: 'nightly-sync',
  ...TIMES,
  scope: 'parcels:sync',
  client_id: 'nightly-sync',
  iss: 'https://op.parcels.example',
  aud: API,
};

const marked = () =>
  oidcProvider({
    issuer: 'https://op.parcels.example',
    jwks: NO_KEYS,
    kindClaim: 'sub_type',
  });

const unknown = () =>
  oidcProvider({
    issuer: 'https://op.parcels.example',
    jwks: NO_KEYS,
    subjectNamespaces: 'unknown',
  });

const asUser = {
  kind: 'user',
  id: 'acct_4471',
  clientId: 'courier-web',
  scopes: ['parcels:read'],
} as const;
const asClient = { kind: 'client', id: 'nightly-sync', scopes: ['parcels:sync'] } as const;

export const table: TokenTable = {
  preset: 'oidcProvider',
  sources: ['https://github.com/panva/node-oidc-provider lib/models/formats/jwt.js'],
  create: (issuer) => oidcProvider({ issuer, jwks: NO_KEYS, subjectNamespaces: 'disjoint' }),
  issuer: 'https://op.parcels.example',
  requires: ['aud', 'sub', 'client_id', 'iat', 'jti'],
  audience: [API],
  byComparison: true,
  tokens: [
    {
      name: 'a user',
      truth: 'user',
      header,
      claims: user,
      expect: asUser,
    },
    {
      name: 'a user, by the claim that the server adds',
      truth: 'user',
      header,
      provider: marked,
      claims: { ...user, sub_type: 'user' },
      expect: asUser,
    },
    {
      name: 'a user whose account id is the id of the client, by the claim',
      truth: 'user',
      header,
      provider: marked,
      claims: { ...user, sub: 'courier-web', sub_type: 'user' },
      expect: { ...asUser, id: 'courier-web' },
    },
    {
      name: 'a client, by the claim',
      truth: 'client',
      header,
      provider: marked,
      claims: { ...client, sub_type: 'client' },
      expect: asClient,
    },
    {
      name: 'a client, without the claim that is asked for',
      truth: 'client',
      header,
      provider: marked,
      claims: client,
      expect: 'refused',
    },
    {
      name: 'a user, without the claim that is asked for',
      truth: 'user',
      header,
      provider: marked,
      claims: user,
      expect: 'refused',
    },
    {
      name: 'a claim that says client beside the subject of a user',
      truth: 'user',
      header,
      provider: marked,
      claims: { ...user, sub_type: 'client' },
      expect: 'refused',
    },
    {
      name: 'a claim of another type',
      truth: 'user',
      header,
      provider: marked,
      claims: { ...user, sub_type: ['user'] },
      expect: 'refused',
    },
    {
      name: 'a user, nothing being known of account ids',
      truth: 'user',
      header,
      provider: unknown,
      claims: user,
      expect: 'refused',
    },
    { name: 'a client', truth: 'client', header, claims: client, expect: asClient },
    {
      name: 'a client with claims of its own about itself',
      truth: 'client',
      header,
      claims: { ...client, region: 'eu', tier: 2 },
      expect: asClient,
    },
    {
      name: 'a client that is known by a URL',
      truth: 'client',
      header,
      claims: {
        ...client,
        sub: 'https://client.example/id',
        client_id: 'https://client.example/id',
      },
      expect: { ...asClient, id: 'https://client.example/id' },
    },
    {
      name: 'a client with the claims of a person',
      truth: 'client',
      header,
      claims: { ...client, email: 'dana@parcels.example' },
      expect: 'refused',
    },
  ],
};
