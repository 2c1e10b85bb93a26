import { lastSegment } from './last-segment.ts';
import type { ProviderShape } from './provider-shape.ts';

/** Tokens as docs/presets/stytch.md shows them. */
export const stytch: ProviderShape<'user' | 'client' | 'id'> = {
  issuer: 'stytch.com/project-live-acme',
  audience: (issuer) => lastSegment(issuer),
  algorithm: 'RS256',
  keysAt: (issuer) => `${hostOf(issuer)}/v1/sessions/jwks/${lastSegment(issuer)}`,
  tokens: ({ audience }) => ({
    user: {
      header: { typ: 'JWT' },
      claims: {
        aud: [audience],
        sub: 'user-live-0001',
        client_id: 'connected-app-live-3f',
        scope: 'openid read:orders',
      },
    },
    client: {
      header: { typ: 'JWT' },
      claims: { aud: [audience], sub: 'm2m-client-live-81cc', scope: 'read:orders' },
    },
    id: {
      header: { typ: 'JWT' },
      claims: {
        sub: 'user-live-0001',
        aud: 'connected-app-live-3f',
        auth_time: 1790000000,
        nonce: 'n-0S6',
        at_hash: '77QmUPtjPfzWtF2AnpK9RQ',
        email: 'ada@acme.com',
      },
    },
  }),
};

/** Test projects are served elsewhere. */
function hostOf(issuer: string): string {
  const isTest = lastSegment(issuer).startsWith('project-test-');
  return isTest ? 'https://test.stytch.com' : 'https://api.stytch.com';
}
