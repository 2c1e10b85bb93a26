import { isRefusedError, type Refusal, RefusedError } from '../http/refusal.ts';
import { isAuthError } from '../model/errors.ts';
import type { Admission } from './admission.ts';

/** What decides how a refusal is answered. An admission mode and an admission both have these members. */
export type AnswerMode = Pick<Admission, 'resourceServer' | 'delegated'>;

/**
 * Gives the answer to a refusal (RFC 6750 §3), which the adapter then sends. It throws instead when the application's own
 * error handling must answer:
 * - an error that is not an `AuthError`, unchanged;
 * - a refusal, if refusals are delegated or the response was already `answered`: as a `RefusedError` with `status`,
 *   `headers` and `expose`;
 * - any error when `mode` is `undefined`, because the request was never admitted.
 */
export function answerRefusal(
  error: unknown,
  mode: AnswerMode | undefined,
  answered = false,
): Refusal {
  if (mode === undefined || !isAuthError(error)) throw error;
  const refusal = mode.resourceServer.refusal(error);
  if (!mode.delegated && !answered) return refusal;
  // A resource server that the application wrote (a test double) may refuse with a plain AuthError.
  throw isRefusedError(error) ? error : new RefusedError(error, () => refusal);
}
