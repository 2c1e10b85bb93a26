import { carriedRefusal, type Refusal } from '../http/refusal.ts';
import { isAuthError } from '../model/errors.ts';
import { admissionOf } from './admission.ts';
import { noteRefusal } from './refusal-of.ts';

/** What this needs of a response. Node's own has these members. */
export interface ThrownAnswerResponse {
  readonly headersSent: boolean;
  removeHeader(name: string): void;
}

/** Headers about the former body, which is not sent (RFC 9110 §8). */
const OF_THE_BODY = [
  'content-encoding',
  'content-language',
  'content-length',
  'content-range',
  'etag',
  'last-modified',
];

/**
 * Gives the answer to an `AuthError` that a handler threw, such as `userOf` does for a client: the same
 * as a guard's. Removes the headers that describe the former body, and keeps the others, such
 * as those of CORS.
 *
 * Throws the error again when it is for the application's own error handling: another error, one after
 * the response's headers were sent, and a plain `AuthError` on a request that no `authenticate` admitted.
 */
export function answerThrown(
  error: unknown,
  carrier: object,
  response: ThrownAnswerResponse,
): Refusal {
  if (response.headersSent || !isAuthError(error)) throw error;
  const refusal = carriedRefusal(error) ?? admissionOf(carrier)?.resourceServer.refusal(error);
  if (refusal === undefined) throw error;
  noteRefusal(carrier, error);
  for (const name of OF_THE_BODY) response.removeHeader(name);
  return refusal;
}
