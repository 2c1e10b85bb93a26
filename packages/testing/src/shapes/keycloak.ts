import type { ProviderShape } from './provider-shape.ts';

/** Tokens as docs/presets/keycloak.md shows them. */
export const keycloak: ProviderShape<'user' | 'client' | 'id' | 'refresh'> = {
  issuer: 'https://sso.acme.com/realms/acme',
  audience: 'orders-api',
  algorithm: 'RS256',
  tokens: ({ issuer, audience }) => ({
    user: {
      header: { typ: 'JWT' },
      claims: {
        aud: [audience, 'account'],
        typ: 'Bearer',
        jti: 'onrtac:4b1fb5a4-8f2c-4a90-b94e-6a1b1c6f7d52',
        sub: 'a1b2c3d4-0000-4000-8000-00000000abcd',
        azp: 'web-app',
        sid: 's1',
        auth_time: 1790000000,
        preferred_username: 'ada',
        scope: 'openid profile',
        realm_access: { roles: ['clerk'] },
        resource_access: { [audience]: { roles: ['reader'] } },
        groups: ['/depots/berlin'],
        organization: ['acme'],
      },
    },
    client: {
      header: { typ: 'JWT' },
      claims: {
        aud: audience,
        typ: 'Bearer',
        jti: 'trrtcc:0d7a1c52-33a1-4f3f-8f3b-2f6a8a1d9b10',
        sub: '0f9e8d7c-0000-4000-8000-00000000ef01',
        azp: 'nightly-sync',
        client_id: 'nightly-sync',
        clientHost: '10.2.0.7',
        clientAddress: '10.2.0.7',
        preferred_username: 'service-account-nightly-sync',
        scope: 'profile',
      },
    },
    id: {
      header: { typ: 'JWT' },
      claims: {
        sub: 'a1b2c3d4-0000-4000-8000-00000000abcd',
        azp: 'web-app',
        sid: 's1',
        auth_time: 1790000000,
        preferred_username: 'ada',
        aud: 'web-app',
        typ: 'ID',
        jti: 'i1',
        nonce: 'n-0S6',
        at_hash: '77QmUPtjPfzWtF2AnpK9RQ',
        email: 'ada@acme.com',
        acr: '1',
      },
    },
    refresh: {
      header: { alg: 'HS512', typ: 'JWT' },
      claims: {
        aud: issuer,
        typ: 'Refresh',
        jti: 'onrtrt:4b1fb5a4-8f2c-4a90-b94e-6a1b1c6f7d53',
        sub: 'a1b2c3d4-0000-4000-8000-00000000abcd',
        azp: 'web-app',
        sid: 's1',
        scope: 'openid profile',
      },
    },
  }),
};
