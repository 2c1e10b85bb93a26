import { lastSegment } from './last-segment.ts';
import type { ProviderShape } from './provider-shape.ts';

/** Tokens as docs/presets/descope.md shows them. */
export const descope: ProviderShape<'user' | 'client' | 'id' | 'refresh', undefined> = {
  issuer: 'P2kQ7',
  audience: undefined,
  algorithm: 'RS256',
  keysAt: (issuer) => `https://api.descope.com/v2/keys/${lastSegment(issuer)}`,
  tokens: () => ({
    user: {
      header: { typ: 'JWT' },
      claims: {
        sub: 'U2abZ',
        drn: 'DS',
        caller_type: 'human',
        scope: 'openid',
        dct: 'T9north',
        tenants: { T9north: { roles: ['Clerk'], permissions: ['ReadOrders'] } },
        roles: ['Admin'],
      },
    },
    client: {
      header: { typ: 'JWT' },
      claims: {
        sub: 'K2keyZ',
        drn: 'DS',
        caller_type: 'machine',
        permissions: ['SyncOrders'],
        roles: ['Sync'],
      },
    },
    id: {
      header: { typ: 'JWT' },
      claims: {
        sub: 'U2abZ',
        aud: 'app-17',
        auth_time: 1790000000,
        nonce: 'n-0S6',
        at_hash: '77QmUPtjPfzWtF2AnpK9RQ',
        email: 'ada@acme.com',
      },
    },
    refresh: { header: { typ: 'JWT' }, claims: { sub: 'U2abZ', drn: 'DSR' } },
  }),
};
