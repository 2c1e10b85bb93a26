import type { AuthError } from '../model/errors.ts';
import type { AuthEvent } from '../model/events.ts';

/** Makes the event of a refused request from the error. Members that are not known are left out. */
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
