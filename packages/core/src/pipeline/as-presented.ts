import { isToken68 } from '../http/credentials.ts';
import { AuthError } from '../model/errors.ts';
import type { Presentation } from '../request/presentation.ts';

/** The error that a request is refused with, once it is known how the request presented its token. */
export function asPresented(error: AuthError, { scheme, token }: Presentation): AuthError {
  // RFC 6750 §3.1: a credential that is no token68 is a malformed request, not a bad token.
  const isMalformed = error.reason === 'token_malformed' && !isToken68(token);
  const { reason, details, cause, issuerName, advice } = error;
  return isMalformed
    ? new AuthError('authorization_malformed', { scheme })
    : new AuthError(reason, { ...details, scheme, cause, issuerName, advice });
}
