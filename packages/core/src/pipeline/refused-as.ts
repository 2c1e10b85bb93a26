import { type Refusal, RefusedError } from '../http/refusal.ts';
import { isToken68 } from '../lib/token68.ts';
import type { AuthError } from '../model/errors.ts';
import { type RefusalFacts, Refused } from '../model/refused.ts';
import type { Presentation } from '../request/presentation.ts';

/** Makes the error that a request is refused with. Its challenge uses the scheme that the request used. */
export function refusedAs(
  refused: RefusalFacts,
  { scheme, token }: Presentation,
  answer: (error: AuthError) => Refusal,
): RefusedError {
  // RFC 6750 §3.1: credentials that are not a token68 make the request malformed (400), not the token bad (401).
  const isMalformed = refused.reason === 'token_malformed' && !isToken68(token);
  return isMalformed
    ? new RefusedError(new Refused('authorization_malformed', {}, { scheme }), answer)
    : new RefusedError(refused, answer, { ...refused.details, scheme });
}
