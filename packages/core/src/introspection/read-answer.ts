import { discardBody, readBoundedBody } from '../lib/bounded-body.ts';
import { deepFreeze, MAX_JSON_DEPTH, parseJsonObject, parseStrict } from '../lib/json.ts';
import { ownProperty } from '../lib/own-property.ts';
import { IntrospectionFailed } from './introspection-failed.ts';

/** Bytes, after decompression. The largest answers seen have 3 KB. */
const MAX_ANSWER_BYTES = 256 * 1_024;
/** A `Retry-After` of the server is handed on between these, in seconds. */
const MIN_RETRY_AFTER_SEC = 1;
const MAX_RETRY_AFTER_SEC = 60;

/** What a response may mean, beside an answer. */
export interface ReadAnswerOptions {
  /** `bearer`: a 401 with `invalid_token` is about our own token. */
  readonly method: string;
  /** Whether the token was verified as a JWT: then it cannot be of an unsupported type. */
  readonly isVerifiedJwt: boolean;
}

/** The body of an answer with status 200, or that the token is not active. */
export type RawAnswer =
  | { readonly kind: 'json'; readonly body: Readonly<Record<string, unknown>> }
  | { readonly kind: 'signed'; readonly jwt: string }
  | { readonly kind: 'inactive' };

/** The media type of a signed answer (RFC 9701 §5). */
const SIGNED = 'application/token-introspection+jwt';

/**
 * Reads the response of an introspection endpoint (RFC 7662 §2.2, §2.3). Which statuses are about the
 * token, and which are an outage, is decided here: 200 is an answer; 400 `unsupported_token_type` (RFC
 * 7009 §2.2.1) and 401 `invalid_token` say that the token is not active; everything else rejects with an
 * `IntrospectionFailed`. Redirects are never followed. JSON is parsed as strictly as that of a JWT.
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
  // Empty, text and HTML are common here, and as good as no body.
  const bytes = await readBoundedBody(response, MAX_ANSWER_BYTES);
  const body = bytes && parseJsonObject(bytes);
  const error = body && ownProperty(body, 'error');
  if (status === 400) {
    // Some servers say so with 400 where RFC 6749 §5.2 has 401.
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

/** Only once it is known to be no answer: to tell a wrong address from a wrong answer. */
function isJson(bytes: Uint8Array): boolean {
  try {
    JSON.parse(Buffer.from(bytes).toString());
    return true;
  } catch {
    return false;
  }
}

// Without quotes by RFC 9110's grammar, too.
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
  return new IntrospectionFailed('unauthorized', 'The server refuses our own credentials', {
    status,
  });
}

/** Seconds alone: a date (RFC 9110 §10.2.3) would need the server's clock to be right. */
function retryAfterOf(headers: Headers): number | undefined {
  const value = headers.get('retry-after') ?? '';
  if (!/^\d{1,9}$/.test(value)) return undefined;
  return Math.min(Math.max(Number(value), MIN_RETRY_AFTER_SEC), MAX_RETRY_AFTER_SEC);
}

function mediaTypeOf(headers: Headers): string {
  const [mediaType = ''] = (headers.get('content-type') ?? '').split(';', 1);
  return mediaType.trim().toLowerCase();
}
