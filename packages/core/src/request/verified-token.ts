import type { TrustedIssuer } from '../issuers/trusted-issuer.ts';
import type { Principal } from '../model/principal.ts';
import type { VerificationKey } from '../signature/verification-key.ts';

/** The id (`jti`) and the session (`sid`) in a signed token itself. The token may be revoked by either. */
export interface SignedIds {
  readonly tokenId: string | undefined;
  readonly sessionId: string | undefined;
}

/**
 * A token whose signature and claims are valid, or that its issuer has called active. It has everything that the checks
 * need on every request. The checks may still refuse it on a single request.
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
  /**
   * Set if the token is a JWT and its principal was made from an introspection answer: the answer may not have these
   * claims.
   */
  readonly signedIds?: SignedIds | undefined;
  /** Whether the token is bound to its sender in any way (`cnf`, RFC 7800). */
  readonly isBound: boolean;
  /**
   * When the authorization server said that it is active, in milliseconds since the epoch. `undefined` if the server was
   * not asked.
   */
  readonly readAt: number | undefined;
  /** From this time on, the server must be asked again. Milliseconds since the epoch. */
  readonly readAgainAt: number | undefined;
  /** Name of the preset's rule that decided the kind. */
  readonly rule: string;
  /** Whether the token came from the cache. */
  readonly cached: boolean;
}
