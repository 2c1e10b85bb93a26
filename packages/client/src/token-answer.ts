import {
  discardBody,
  isPlainObject,
  ownProperty,
  parseJsonObject,
  readBoundedBody,
} from '@authly/core/client';
import { type ServerErrorCode, serverErrorCode } from './server-error-code.ts';
import { TokenSourceError } from './token-source-error.ts';

/** What a token endpoint answered. */
export type TokenAnswer =
  | { readonly kind: 'issued'; readonly body: Readonly<Record<string, unknown>> }
  | {
      readonly kind: 'refused';
      readonly status: number;
      readonly error: ServerErrorCode | undefined;
    };

const MAX_BYTES = 512 * 1_024;

/**
 * Reads the answer of a token endpoint (RFC 6749 §5.1, §5.2). The status is judged before the body, because
 * servers answer 401 without a body and 500 with an HTML page. The content type is not checked.
 *
 * Rejects with a `TokenSourceError` for answers that say nothing about the request itself: a redirect, 429,
 * 5xx, and 200 without a JSON object. `nowMs` is the time of day, which is needed for a `Retry-After` that is
 * a date.
 */
export async function readTokenAnswer(response: Response, nowMs: number): Promise<TokenAnswer> {
  const { status, type } = response;
  if (type === 'opaqueredirect' || (status >= 300 && status < 400)) {
    discardBody(response);
    throw new TokenSourceError('issuer_redirects', { serverStatus: status });
  }
  const bytes = await readBoundedBody(response, MAX_BYTES);
  const body = bytes && parseJsonObject(bytes);
  const error = serverErrorCode(body && ownProperty(body, 'error'));
  if (status === 429 || status >= 500) {
    throw new TokenSourceError('issuer_unavailable', {
      serverStatus: status,
      serverError: error,
      retryAfterSec: retryAfterSec(response, nowMs),
    });
  }
  // Some servers refuse with status 200.
  const isRefusal = body !== undefined && Object.hasOwn(body, 'error');
  if (status >= 400 || isRefusal) return { kind: 'refused', status, error };
  if (isPlainObject(body)) return { kind: 'issued', body };
  throw new TokenSourceError('answer_unusable', { serverStatus: status });
}

/** RFC 9110 §10.2.3: seconds, or a date. */
function retryAfterSec(response: Response, nowMs: number): number | undefined {
  const value = response.headers.get('retry-after');
  if (value === null) return undefined;
  if (/^\d{1,9}$/.test(value)) return Number(value);
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, Math.ceil((date - nowMs) / 1_000));
}
