import type { TrustedIssuer } from '../issuers/trusted-issuer.ts';
import type { Principal } from '../model/principal.ts';
import type { VerificationKey } from '../signature/verification-key.ts';

/**
 * A token whose signature and claims hold, and what the checks look at on every request. That it was
 * verified does not yet mean that this request may use it: the checks decide that.
 */
export interface VerifiedToken {
  readonly principal: Principal;
  readonly issuer: TrustedIssuer;
  readonly key: VerificationKey;
  /** Seconds since the epoch (`nbf`). */
  readonly notBefore: number | undefined;
  /** `sub` of the token itself, whoever the preset says is calling. */
  readonly subject: string | undefined;
  /** Whether the token is bound to its sender (`cnf`, RFC 7800), in whatever form. */
  readonly isBound: boolean;
  /** Which of the preset's rules told the kind. */
  readonly rule: string;
  /** Whether it was answered from the cache. */
  readonly cached: boolean;
}
