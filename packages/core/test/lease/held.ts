import { ISSUER, NOW } from '../../../../test/support/tokens.ts';
import type { Principal } from '../../src/model/principal.ts';
import type { HeldToken } from '../../src/request/held-token.ts';
import type { VerifiedToken } from '../../src/request/verified-token.ts';

/** The parts of a held token that a test can choose. */
export interface HeldFacts {
  readonly token?: string;
  readonly principal?: Partial<Principal>;
  readonly verified?: Partial<VerifiedToken>;
  /** Parts of the issuer: the configured `iss`, and the audience of this API. */
  readonly issuer?: string;
  readonly audience?: readonly string[] | undefined;
}

/** A held token of `ada` through `web-app`, for ten minutes, with the given changes. */
export function aHeld({
  token = 'token-1',
  principal,
  verified,
  issuer = ISSUER,
  ...rest
}: HeldFacts = {}): HeldToken {
  const audience = 'audience' in rest ? rest.audience : ['https://api.example.com'];
  const facts = {
    kind: 'user',
    key: 'user:as:ada',
    issuer: ISSUER,
    userId: 'ada',
    clientId: 'web-app',
    audience: ['https://api.example.com'],
    actor: undefined,
    confirmation: undefined,
    sessionId: 'session-1',
    tokenId: 'id-1',
    issuedAt: NOW,
    expiresAt: NOW + 600,
    ...principal,
  };
  return {
    token,
    verified: {
      principal: facts,
      issuer: { name: 'as', provider: { issuer }, policy: { audience } },
      subject: 'ada',
      isBound: false,
      ...verified,
    } as unknown as VerifiedToken,
  };
}
