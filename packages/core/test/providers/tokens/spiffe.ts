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
  requires: ['aud', 'sub'],
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
      provider: () =>
        spiffe({
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
      name: 'a workload with every character of a segment',
      truth: 'client',
      header,
      claims: { ...client, sub: 'spiffe://parcels.example/Nightly.Job_1-x' },
      expect: { ...asClient, id: 'spiffe://parcels.example/Nightly.Job_1-x' },
    },
    {
      name: 'a workload whose path only begins like the server',
      truth: 'client',
      header,
      claims: { ...client, sub: 'spiffe://parcels.example/spire-sync' },
      expect: { ...asClient, id: 'spiffe://parcels.example/spire-sync' },
    },
    ...[
      '/a%2Fb',
      '/a?x=1',
      '/a#x',
      '/a b',
      '/a:b',
      '/\u00e4',
      '/a\n',
      '/a/',
      '/./a',
      '/spire',
      '/spire/agent/join_token/x',
      `/${'a'.repeat(2_048)}`,
    ].map((path) => ({
      name: `an id that is none of a workload: ${JSON.stringify(path.slice(0, 30))}`,
      truth: 'client' as const,
      header,
      claims: { ...client, sub: `spiffe://parcels.example${path}` },
      expect: 'refused' as const,
    })),
    {
      name: 'a path that climbs',
      truth: 'client',
      header,
      claims: { ...client, sub: 'spiffe://parcels.example/ns/../admin' },
      expect: 'refused',
    },
  ],
};
