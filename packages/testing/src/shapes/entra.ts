import type { ProviderShape } from './provider-shape.ts';

/** Tokens as docs/presets/entra.md shows them. */
export const entra: ProviderShape<'user' | 'client' | 'id'> = {
  issuer: 'https://login.microsoftonline.com/8a1f2c34-5b6d-4e7f-9a0b-1c2d3e4f5a6b/v2.0',
  audience: 'c0ffee00-1111-4222-8333-444455556666',
  algorithm: 'RS256',
  tokens: ({ issuer, audience }) => ({
    user: {
      header: { typ: 'JWT' },
      claims: {
        aud: audience,
        sub: 'pairwise-17',
        oid: 'oid-17',
        tid: tenantOf(issuer),
        azp: 'web-app',
        scp: 'Orders.Read',
        roles: ['Clerk'],
        groups: ['g-1'],
        idtyp: 'user',
        ver: '2.0',
      },
    },
    client: {
      header: { typ: 'JWT' },
      claims: {
        aud: audience,
        sub: 'oid-sync',
        oid: 'oid-sync',
        tid: tenantOf(issuer),
        azp: 'sync',
        roles: ['Orders.Sync.All'],
        idtyp: 'app',
        ver: '2.0',
      },
    },
    id: {
      header: { typ: 'JWT' },
      claims: {
        sub: 'pairwise-17',
        oid: 'oid-17',
        tid: tenantOf(issuer),
        ver: '2.0',
        aud: 'web-app',
        name: 'Ada',
        preferred_username: 'ada@acme.com',
        nonce: 'n-0S6',
        rh: 'r1',
        uti: 'u1',
      },
    },
  }),
};

/** The tenant's id is the first segment of the issuer's path. */
function tenantOf(issuer: string): string | undefined {
  return issuer.split('/')[3];
}
