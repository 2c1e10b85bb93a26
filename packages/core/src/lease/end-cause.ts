import { isAuthError } from '../model/errors.ts';
import type { LeaseEndCause } from '../model/lease-end-cause.ts';

/**
 * Gives the cause for which a lease ends when the re-check of its token rejected with `error`. `unavailable` for an
 * outage and for every error that is not an `AuthError`, because these say nothing about the token.
 */
export function endCauseOf(error: unknown): LeaseEndCause {
  if (!isAuthError(error) || error.code === 'temporarily_unavailable') return 'unavailable';
  switch (error.reason) {
    case 'expired':
      return 'expired';
    case 'token_revoked':
    case 'token_inactive':
      return 'revoked';
    case 'key_unknown':
      return 'key_withdrawn';
    case 'issuer_unknown':
      return 'issuer_removed';
    default:
      return 'refused';
  }
}
