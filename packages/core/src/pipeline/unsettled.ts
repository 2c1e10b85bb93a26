import type { AuthErrorReason, Step } from '../model/reasons.ts';

/**
 * The reason for a token that a check wants to read again although it was just read again: the issuer, its
 * keys or its answers are not available, which is an outage (503).
 */
export function unsettledReason(step: Step): AuthErrorReason {
  if (step === 'issuer') return 'issuer_unavailable';
  return step === 'introspection' ? 'introspection_unavailable' : 'keys_unavailable';
}
