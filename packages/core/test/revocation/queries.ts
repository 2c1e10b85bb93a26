import { NOW } from '../../../../test/support/tokens.ts';
import type { RevocationQuery } from '../../src/stores/revocation-store.ts';

/** A question about a token of `ada`, with the given changes. */
export function aQuery(facts: Partial<RevocationQuery> = {}): RevocationQuery {
  return {
    issuers: ['https://as.example.com'],
    tokenId: 'token-1',
    tokenDigest: 'digest-1',
    sessionId: 'session-1',
    subject: 'ada',
    principalKey: 'user:https%3A%2F%2Fas.example.com:ada',
    clientId: 'web-app',
    issuedAt: NOW,
    expiresAt: NOW + 600,
    ...facts,
  };
}
