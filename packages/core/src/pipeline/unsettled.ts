import type { AuthErrorReason, Step } from '../model/reasons.ts';

/**
 * Why a token is refused when a check asks twice in a row to read it again: what it is checked by is not to
 * be had, which is an outage.
 */
export function unsettledReason(step: Step): AuthErrorReason {
  if (step === 'issuer') return 'issuer_unavailable';
  return step === 'introspection' ? 'introspection_unavailable' : 'keys_unavailable';
}
