import { discardBody, readBoundedBody } from '../lib/bounded-body.ts';
import { deepFreeze, MAX_JSON_DEPTH, parseJsonObject, parseStrict } from '../lib/json.ts';
import { ownProperty } from '../lib/own-property.ts';
import { IntrospectionFailed } from './introspection-failed.ts';

/** Limit in bytes, after decompression. The largest real answers that we saw have 3 KB. */
const MAX_ANSWER_BYTES = 256 * 1_024;
/** A `Retry-After` of the server is passed on, limited to this range of seconds. */
const MIN_RETRY_AFTER_SEC = 1;
const MAX_RETRY_AFTER_SEC = 60;

/** What is needed to interpret an error response. */
export interface ReadAnswerOptions {
  /** Method of client authentication. With `bearer`, a 401 with `invalid_token` is about our own token. */
  readonly method: string;
  /** Whether the token was verified as a JWT. `unsupported_token_type` then does not mean that it is inactive. */
  readonly isVerifiedJwt: boolean;
}

/** The body of a response with status 200; or `inactive`, when another response says so. */
export type RawAnswer =
  | { readonly kind: 'json'; readonly body: Readonly<Record<string, unknown>> }
  | { readonly kind: 'signed'; readonly jwt: string }
  | { readonly kind: 'inactive' };

/** The media type of a signed answer (RFC 9701 §5). */
const SIGNED = 'application/token-introspection+jwt';

/**
 * Reads the response of an introspection endpoint (RFC 7662 §2.2, §2.3):
 * - 200 is an answer.
 * - 400 `unsupported_token_type` (RFC 7009 §2.2.1) and 401 `invalid_token` mean that the token is not active.
 * - Everything else rejects with an `IntrospectionFailed`, also a redirect, which is never followed.
 *
 * JSON is parsed as strictly as that of a JWT.
 */
export async function readAnswer(
  response: Response,
  options: ReadAnswerOptions,
): Promise<RawAnswer> {
  const { status, type, headers } = response;
  if (type === 'opaqueredirect' || (status >= 300 && status < 400)) {
    discardBody(response);
    throw new IntrospectionFailed('redirect', 'The response is a redirect, which is not followed', {
      status,
    });
  }
  if (status === 400 || status === 401) return readError(response, options);
  if (status !== 200) {
    discardBody(response);
    throw failureOf(status, headers);
  }
  const bytes = await readBoundedBody(response, MAX_ANSWER_BYTES);
  if (bytes === undefined) {
    throw new IntrospectionFailed(
      'too_large',
      `The response is larger than ${MAX_ANSWER_BYTES} bytes`,
    );
  }
  if (mediaTypeOf(headers) === SIGNED) {
    return { kind: 'signed', jwt: Buffer.from(bytes).toString('latin1').trim() };
  }
  const body = parseStrict(bytes);
  if (body === undefined || !deepFreeze(body, MAX_JSON_DEPTH)) {
    throw new IntrospectionFailed(
      isJson(bytes) ? 'malformed' : 'not_json',
      'The response is not a JSON object, is nested too deeply, or has a member twice',
    );
  }
  return { kind: 'json', body };
}

async function readError(
  response: Response,
  { method, isVerifiedJwt }: ReadAnswerOptions,
): Promise<RawAnswer> {
  const { status, headers } = response;
  // Error responses often have an empty, text or HTML body. Such a body is ignored.
  const bytes = await readBoundedBody(response, MAX_ANSWER_BYTES);
  const body = bytes && parseJsonObject(bytes);
  const error = body && ownProperty(body, 'error');
  if (status === 400) {
    // Some servers send `invalid_client` with status 400, where RFC 6749 §5.2 says 401.
    if (error === 'invalid_client') throw unauthorized(status);
    if (error !== 'unsupported_token_type') throw failureOf(status, headers);
    if (!isVerifiedJwt) return { kind: 'inactive' };
    throw new IntrospectionFailed('jwts_unsupported', 'The server does not introspect JWTs', {
      status,
    });
  }
  const isAboutToken = error === 'invalid_token' || challengesToken(headers);
  if (isAboutToken && method !== 'bearer') return { kind: 'inactive' };
  throw failureOf(status, headers);
}

/** Used only for a body that was refused: `not_json` hints at a wrong URL, `malformed` at a faulty server. */
function isJson(bytes: Uint8Array): boolean {
  try {
    JSON.parse(Buffer.from(bytes).toString());
    return true;
  } catch {
    return false;
  }
}

// RFC 9110 §11.2 allows the value with and without quotes.
function challengesToken(headers: Headers): boolean {
  return /\berror="?invalid_token\b/.test(headers.get('www-authenticate') ?? '');
}

function failureOf(status: number, headers: Headers): IntrospectionFailed {
  if (status === 401 || status === 403) return unauthorized(status);
  return new IntrospectionFailed('status', `The response has status ${status}`, {
    status,
    retryAfterSec: retryAfterOf(headers),
  });
}

function unauthorized(status: number): IntrospectionFailed {
  return new IntrospectionFailed('unauthorized', 'The server refuses the credentials of this API', {
    status,
  });
}

/** Reads only a number of seconds. A date (RFC 9110 §10.2.3) is ignored, because the server's clock may be wrong. */
function retryAfterOf(headers: Headers): number | undefined {
  const value = headers.get('retry-after') ?? '';
  if (!/^\d{1,9}$/.test(value)) return undefined;
  return Math.min(Math.max(Number(value), MIN_RETRY_AFTER_SEC), MAX_RETRY_AFTER_SEC);
}

function mediaTypeOf(headers: Headers): string {
  const [mediaType = ''] = (headers.get('content-type') ?? '').split(';', 1);
  return mediaType.trim().toLowerCase();
}
