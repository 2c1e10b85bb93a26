import type { TrustedIssuer } from '../issuers/trusted-issuer.ts';
import { isAuthError } from '../model/errors.ts';
import type { AuthErrorReason } from '../model/reasons.ts';
import { type KnownFacts, Refused } from '../model/refused.ts';
import type { ClaimsRefusal } from '../token/claims.ts';

/** Refuses a token whose issuer is known. */
export function refuse(
  issuer: TrustedIssuer,
  reason: AuthErrorReason,
  known?: KnownFacts,
): Refused {
  return new Refused(reason, { ...known, issuerName: issuer.name });
}

/** The same for claims that do not hold, with what they lack. */
export function refuseFor(issuer: TrustedIssuer, { reason, ...fault }: ClaimsRefusal): Refused {
  return refuse(issuer, reason, { fault });
}

/** The same for what something below refused it with. Throws any other error again. */
export function refuseBecause(issuer: TrustedIssuer, error: unknown): Refused {
  if (!isAuthError(error)) throw error;
  const { reason, fault, cause, details } = error;
  return new Refused(reason, { issuerName: issuer.name, fault, cause }, details);
}
