import { isAuthError } from '../model/errors.ts';
import type { LeaseEndCause } from '../model/lease-end-cause.ts';

/**
 * Why a lease ends whose token was asked about again, by what the question rejected with. `unavailable` for
 * an outage, and for whatever is no refusal: neither says anything of the token.
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
