import { type Refusal, RefusedError } from '../http/refusal.ts';
import { isToken68 } from '../lib/token68.ts';
import type { AuthError } from '../model/errors.ts';
import { type RefusalFacts, Refused } from '../model/refused.ts';
import type { Presentation } from '../request/presentation.ts';

/** The error that a request is refused with, once it is known how the request presented its token. */
export function refusedAs(
  refused: RefusalFacts,
  { scheme, token }: Presentation,
  answer: (error: AuthError) => Refusal,
): RefusedError {
  // RFC 6750 §3.1: a credential that is no token68 is a malformed request, not a bad token.
  const isMalformed = refused.reason === 'token_malformed' && !isToken68(token);
  return isMalformed
    ? new RefusedError(new Refused('authorization_malformed', {}, { scheme }), answer)
    : new RefusedError(refused, answer, { ...refused.details, scheme });
}
