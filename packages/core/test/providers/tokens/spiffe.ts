import { spiffe } from '../../../src/providers/index.ts';
import { API, NO_KEYS, TIMES, type TokenTable } from '../token-table.ts';

const header = { alg: 'ES256', kid: 'sv1', typ: 'JWT' };

const client = {
  sub: 'spiffe://parcels.example/ns/logistics/sa/nightly-sync',
  aud: [API],
  ...TIMES,
};

const asClient = {
  kind: 'client',
  id: 'spiffe://parcels.example/ns/logistics/sa/nightly-sync',
  tenant: 'parcels.example',
} as const;

export const table: TokenTable = {
  preset: 'spiffe',
  sources: ['https://github.com/spiffe/spiffe/blob/main/standards/JWT-SVID.md'],
  create: () => spiffe({ trustDomain: 'parcels.example', jwks: NO_KEYS }),
  issuer: 'spiffe://parcels.example',
  audience: [API],
  oneKind: true,
  tokens: [
    { name: 'a workload', truth: 'client', header, claims: client, expect: asClient },
    {
      name: 'a workload, with the other type',
      truth: 'client',
      header: { ...header, typ: 'JOSE' },
      claims: client,
      expect: asClient,
    },
    {
      name: 'a workload of a server that puts an issuer in, without typ',
      truth: 'client',
      header: { alg: 'ES256', kid: 'sv1' },
      provider: spiffe({
        trustDomain: 'spiffe://parcels.example',
        issuer: 'https://oidc.parcels.example',
        jwks: NO_KEYS,
      }),
      claims: { ...client, iss: 'https://oidc.parcels.example' },
      expect: asClient,
    },
    {
      name: 'a workload of another trust domain',
      truth: 'client',
      header,
      claims: { ...client, sub: 'spiffe://parcels.example.evil/ns/logistics' },
      expect: 'refused',
    },
    {
      name: 'the trust domain itself',
      truth: 'client',
      header,
      claims: { ...client, sub: 'spiffe://parcels.example/' },
      expect: 'refused',
    },
    {
      name: 'a path that climbs',
      truth: 'client',
      header,
      claims: { ...client, sub: 'spiffe://parcels.example/ns/../admin' },
      expect: 'refused',
    },
  ],
};
