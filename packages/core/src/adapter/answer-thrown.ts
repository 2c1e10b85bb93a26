import { carriedRefusal, type Refusal } from '../http/refusal.ts';
import { isAuthError } from '../model/errors.ts';
import { admissionOf } from './admission.ts';
import { noteRefusal } from './refusal-of.ts';

/** The part of a response that is needed here. Node's own response has these members. */
export interface ThrownAnswerResponse {
  readonly headersSent: boolean;
  removeHeader(name: string): void;
}

/** Headers that describe the body of the handler, which is not sent (RFC 9110 §8). */
const OF_THE_BODY = [
  'content-encoding',
  'content-language',
  'content-length',
  'content-range',
  'etag',
  'last-modified',
];

/**
 * Gives the answer to an `AuthError` that a handler threw: the same as a guard would give. For example, `userOf` throws
 * one for a client. Headers that describe the handler's own body are removed from the response; others stay, such as
 * those of CORS.
 *
 * Throws the error again when the application's own error handling must answer: an error that is not an `AuthError`, an
 * error after the headers were sent, and a plain `AuthError` on a request that no `authenticate` has admitted.
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
