import type { TrustedIssuer } from '../issuers/trusted-issuer.ts';
import type { Principal } from '../model/principal.ts';
import type { VerificationKey } from '../signature/verification-key.ts';

/** What a signed token itself says of its id and its session, by which it may be revoked. */
export interface SignedIds {
  readonly tokenId: string | undefined;
  readonly sessionId: string | undefined;
}

/**
 * A token whose signature and claims hold, or that its issuer has called active, and what the checks look at on every request. That it was
 * verified does not yet mean that this request may use it: the checks decide that.
 */
export interface VerifiedToken {
  readonly principal: Principal;
  readonly issuer: TrustedIssuer;
  /** The key of its signature; `undefined` for an opaque token. */
  readonly key: VerificationKey | undefined;
  /** Seconds since the epoch (`nbf`). */
  readonly notBefore: number | undefined;
  /** `sub` of the token itself, whoever the preset says is calling. */
  readonly subject: string | undefined;
  /** `jti` and `sid` of a JWT whose principal is made of an answer: the answer need not have them. */
  readonly signedIds?: SignedIds | undefined;
  /** Whether the token is bound to its sender (`cnf`, RFC 7800), in whatever form. */
  readonly isBound: boolean;
  /** When the authorization server vouched for it, in milliseconds since the epoch; `undefined` if it was not asked. */
  readonly readAt: number | undefined;
  /** From when on the server must be asked again: a cached token is good from `readAt` up to here. */
  readonly readAgainAt: number | undefined;
  /** Which of the preset's rules told the kind. */
  readonly rule: string;
  /** Whether it was answered from the cache. */
  readonly cached: boolean;
}
