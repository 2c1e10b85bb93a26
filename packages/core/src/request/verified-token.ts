import type { TrustedIssuer } from '../issuers/trusted-issuer.ts';
import type { Principal } from '../model/principal.ts';
import type { VerificationKey } from '../signature/verification-key.ts';

/** What a signed token itself says of its id and its session, by which it may be revoked. */
export interface SignedIds {
  readonly tokenId: string | undefined;
  readonly sessionId: string | undefined;
}

/**
 * A token whose signature and claims are valid, or that its issuer has called active, with what the checks need on
 * every request. A verified token may still be refused on this request: the checks decide that.
 */
export interface VerifiedToken {
  readonly principal: Principal;
  readonly issuer: TrustedIssuer;
  /** The key of its signature; `undefined` for an opaque token. */
  readonly key: VerificationKey | undefined;
  /** Seconds since the epoch (`nbf`). */
  readonly notBefore: number | undefined;
  /** `sub` of the token itself. The preset may take the caller's id from another claim. */
  readonly subject: string | undefined;
  /** `jti` and `sid` of a JWT whose principal is made of an introspection answer, which may lack them. */
  readonly signedIds?: SignedIds | undefined;
  /** Whether the token is bound to its sender (`cnf`, RFC 7800), in whatever form. */
  readonly isBound: boolean;
  /** When the authorization server vouched for it, in milliseconds since the epoch; `undefined` if it was not asked. */
  readonly readAt: number | undefined;
  /** From when on the server must be asked again: a cached token is good from `readAt` up to here. */
  readonly readAgainAt: number | undefined;
  /** The preset's rule that decided the kind. */
  readonly rule: string;
  /** Whether it was answered from the cache. */
  readonly cached: boolean;
}
