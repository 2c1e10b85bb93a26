import type { TrustedIssuer } from '../issuers/trusted-issuer.ts';
import type { Principal } from '../model/principal.ts';
import type { VerificationKey } from '../signature/verification-key.ts';

/** A token that passed every check, and what is looked at again when it comes back. */
export interface VerifiedToken {
  readonly principal: Principal;
  readonly issuer: TrustedIssuer;
  readonly key: VerificationKey;
  readonly notBefore: number | undefined;
  /** Which of the preset's rules told the kind. */
  readonly rule: string;
  /** Whether it was answered from the cache. */
  readonly cached: boolean;
}
