import { curity } from '../../../src/providers/index.ts';
import { API, NO_KEYS, TIMES, type TokenTable } from '../token-table.ts';

const header = { kid: 'cuk', x5t: 'cux', alg: 'ES256' };
const iss = 'https://login.parcels.example/oauth/v2/oauth-anonymous';

const user = {
  jti: 'cu1',
  delegationId: 'd1',
  ...TIMES,
  nbf: TIMES.iat,
  scope: 'openid parcels',
  iss,
  sub: '77de40',
  aud: API,
  purpose: 'access_token',
};

const client = {
  jti: 'cu2',
  delegationId: 'd2',
  ...TIMES,
  nbf: TIMES.iat,
  scope: 'parcels',
  iss,
  sub: 'nightly-sync',
  aud: API,
  purpose: 'access_token',
};

const unknown = () => curity({ issuer: iss, jwks: NO_KEYS, subjectNamespaces: 'unknown' });

export const table: TokenTable = {
  preset: 'curity',
  sources: [
    'https://github.com/curityio/workload-identities README',
    'https://github.com/curityio/kafka-zero-trust README',
  ],
  create: (issuer) => curity({ issuer, jwks: NO_KEYS, subjectNamespaces: 'disjoint' }),
  issuer: iss,
  requires: ['aud', 'sub', 'purpose'],
  audience: [API],
  byComparison: true,
  tokens: [
    {
      name: 'a user, nothing being known of names',
      truth: 'user',
      header,
      provider: unknown,
      claims: { ...user, client_id: 'courier-web' },
      expect: 'refused',
    },
    {
      name: 'a client, nothing being known of names',
      truth: 'client',
      header,
      provider: unknown,
      claims: { ...client, client_id: 'nightly-sync' },
      expect: 'refused',
    },
    {
      name: 'a user, with client_id added',
      truth: 'user',
      header,
      claims: { ...user, client_id: 'courier-web' },
      expect: {
        kind: 'user',
        id: '77de40',
        clientId: 'courier-web',
        scopes: ['openid', 'parcels'],
      },
    },
    {
      name: 'a client, with client_id added',
      truth: 'client',
      header,
      claims: { ...client, client_id: 'nightly-sync' },
      expect: { kind: 'client', id: 'nightly-sync', scopes: ['parcels'] },
    },
    { name: 'a user by default', truth: 'user', header, claims: user, expect: 'refused' },
    { name: 'a client by default', truth: 'client', header, claims: client, expect: 'refused' },
    {
      name: 'a client with the claims of a person',
      truth: 'client',
      header,
      claims: { ...client, client_id: 'nightly-sync', email: 'dana@parcels.example' },
      expect: 'refused',
    },
    {
      name: 'an ID token',
      truth: 'user',
      header,
      claims: { ...user, client_id: 'courier-web', purpose: 'id' },
      expect: 'refused',
    },
  ],
};
