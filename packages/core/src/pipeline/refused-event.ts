import type { AuthError } from '../model/errors.ts';
import type { AuthEvent } from '../model/events.ts';

/** The event of a refused request: what of the error may be told, and nothing that is not known. */
export function refusedEvent(error: AuthError): AuthEvent {
  const { code, reason, issuerName, fault, hint, kind, requirement } = error;
  return {
    type: 'request.refused',
    code,
    reason,
    ...(issuerName === undefined ? {} : { issuerName }),
    ...(hint === undefined ? {} : { hint }),
    ...fault,
    ...(kind === undefined ? {} : { kind }),
    ...(requirement === undefined ? {} : { requirement }),
  };
}
