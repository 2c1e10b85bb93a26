import { type Refusal, RefusedError } from '../http/refusal.ts';
import { isToken68 } from '../lib/token68.ts';
import { AuthError } from '../model/errors.ts';
import type { Presentation } from '../request/presentation.ts';

/** The error that a request is refused with, once it is known how the request presented its token. */
export function refusedAs(
  error: AuthError,
  { scheme, token }: Presentation,
  answer: (error: AuthError) => Refusal,
): RefusedError {
  // RFC 6750 §3.1: a credential that is no token68 is a malformed request, not a bad token.
  const isMalformed = error.reason === 'token_malformed' && !isToken68(token);
  return isMalformed
    ? new RefusedError(new AuthError('authorization_malformed', { scheme }), answer)
    : new RefusedError(error, answer, { ...error.details, scheme });
}
