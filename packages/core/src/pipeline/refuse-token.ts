import type { TrustedIssuer } from '../issuers/trusted-issuer.ts';
import { isAuthError } from '../model/errors.ts';
import type { AuthErrorReason } from '../model/reasons.ts';
import { type KnownFacts, Refused } from '../model/refused.ts';
import type { ClaimsRefusal } from '../token/claims.ts';

/** Makes the refusal of a token whose issuer is known. It names the issuer. */
export function refuse(
  issuer: TrustedIssuer,
  reason: AuthErrorReason,
  known?: KnownFacts,
): Refused {
  return new Refused(reason, { ...known, issuerName: issuer.name });
}

/** Makes the refusal of a token whose claims were not accepted. It says which claim, or what was expected. */
export function refuseFor(issuer: TrustedIssuer, { reason, ...fault }: ClaimsRefusal): Refused {
  return refuse(issuer, reason, { fault });
}

/** Makes a refusal from an `AuthError`, and adds the issuer to it. Throws any other error again. */
export function refuseBecause(issuer: TrustedIssuer, error: unknown): Refused {
  if (!isAuthError(error)) throw error;
  const { reason, fault, cause, details } = error;
  return new Refused(reason, { issuerName: issuer.name, fault, cause }, details);
}
