import { isRefusedError, type Refusal, RefusedError } from '../http/refusal.ts';
import { isAuthError } from '../model/errors.ts';
import type { Admission } from './admission.ts';

/** What decides how a refusal is answered. A mode and an admission both have these members. */
export type AnswerMode = Pick<Admission, 'resourceServer' | 'delegated'>;

/**
 * Returns the answer to a refusal, for the adapter to write (RFC 6750 §3). Throws when the
 * application's own error handling has to answer:
 * - any other error, unchanged;
 * - a refusal where refusals are delegated, or where the response has been `answered` already, as a
 *   `RefusedError` with `status`, `headers` and `expose`;
 * - any error when no mode is known, because the request was never admitted.
 */
export function answerRefusal(
  error: unknown,
  mode: AnswerMode | undefined,
  answered = false,
): Refusal {
  if (mode === undefined || !isAuthError(error)) throw error;
  const refusal = mode.resourceServer.refusal(error);
  if (!mode.delegated && !answered) return refusal;
  // A server of the application's own, such as a test double, may refuse with a plain AuthError.
  throw isRefusedError(error) ? error : new RefusedError(error, () => refusal);
}
