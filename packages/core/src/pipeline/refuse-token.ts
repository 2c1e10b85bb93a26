import type { TrustedIssuer } from '../issuers/trusted-issuer.ts';
import { AuthError, type AuthErrorOptions, isAuthError } from '../model/errors.ts';
import type { AuthErrorReason } from '../model/reasons.ts';
import type { ClaimsRefusal } from '../token/claims.ts';

/** Refuses a token whose issuer is known. Always throws. */
export function refuse(
  issuer: TrustedIssuer,
  reason: AuthErrorReason,
  options?: AuthErrorOptions,
): never {
  throw new AuthError(reason, { ...options, issuerName: issuer.name });
}

/** The same for claims that do not hold, with what they lack. */
export function refuseFor(issuer: TrustedIssuer, { reason, ...fault }: ClaimsRefusal): never {
  refuse(issuer, reason, { fault });
}

/** The same for what something below refused it with; any other error passes on. Always throws. */
export function refuseBecause(issuer: TrustedIssuer, error: unknown): never {
  if (!isAuthError(error)) throw error;
  refuse(issuer, error.reason, {
    ...error.details,
    fault: error.fault,
    cause: error.cause,
  });
}
