import { ownProperty } from '../lib/own-property.ts';
import { isScopeToken } from '../lib/scope-token.ts';
import { AuthError } from '../model/errors.ts';
import { CODES, type RefusalStatus } from '../model/reasons.ts';
import { type ChallengeParameters, challenge } from './challenge.ts';

/** How a refusal is answered over HTTP. */
export interface Refusal {
  readonly status: RefusalStatus;
  readonly headers: Readonly<Record<string, string>>;
  /** JSON text: `error` and `error_description`. */
  readonly body: string;
}

/** What every challenge of a resource server says beside the error, 400, 401 and 403 alike: configuration. */
export interface ChallengeContext {
  readonly realm: string;
  /**
   * URL of the protected-resource metadata (RFC 9728 §5.1), once it is published. A `resource` alone
   * does not count: a client would be sent where nobody answers.
   */
  readonly resourceMetadata: string | undefined;
}

const DEFAULT_RETRY_AFTER_SEC = 5;

/**
 * Turns an error into status, headers and body (RFC 6750 §3, RFC 9470 §3, RFC 9728 §5.1): fixed
 * texts and configuration only. It cannot throw.
 */
export function refusalOf(error: AuthError, context: ChallengeContext): Refusal {
  // Another copy of this package may know codes that this one does not.
  const { status, challenge: kind } = CODES[error.code] ?? CODES.temporarily_unavailable;
  const headers: Record<string, string> = {
    'content-type': 'application/json; charset=utf-8',
    'cache-control': 'no-store',
  };
  if (kind !== 'none') headers['www-authenticate'] = challengesOf(error, kind, context);
  if (status === 503) {
    headers['retry-after'] = delaySeconds(ownProperty(error.details, 'retryAfterSec'));
  }
  return Object.freeze({
    status,
    headers: Object.freeze(headers),
    body: JSON.stringify({ error: error.code, error_description: error.message }),
  });
}

// RFC 9110 §10.2.3: a whole number of seconds, whatever a requirement of the application's gave.
function delaySeconds(seconds: unknown): string {
  const whole = typeof seconds === 'number' ? Math.ceil(seconds) : Number.NaN;
  return String(isSeconds(whole) ? whole : DEFAULT_RETRY_AFTER_SEC);
}

/** The authentication schemes that are accepted: each gets a challenge (RFC 9110 §11.6.1). */
const SCHEMES = ['Bearer'] as const;

function challengesOf(
  error: AuthError,
  kind: 'bare' | 'error',
  { realm, resourceMetadata }: ChallengeContext,
): string {
  const maxAgeSec: unknown = ownProperty(error.details, 'maxAgeSec');
  const parameters: ChallengeParameters = {
    realm,
    // RFC 6750 §3.1: neither code nor description when the request carried no credentials.
    error: kind === 'bare' ? undefined : error.code,
    error_description: kind === 'bare' ? undefined : error.message,
    scope: spaced(ownProperty(error.details, 'scopes')),
    acr_values: spaced(ownProperty(error.details, 'acrValues')),
    max_age: isSeconds(maxAgeSec) ? String(maxAgeSec) : undefined,
    resource_metadata: resourceMetadata,
  };
  return SCHEMES.map((scheme) => challenge(scheme, parameters)).join(', ');
}

// A requirement of the application's own may give anything; RFC 6749 §3.3 has a grammar, and an empty
// list would name nothing. Both lists are of such words, with one space between two.
function spaced(words: unknown): string | undefined {
  const list = Array.isArray(words) ? words.filter(isScopeToken) : [];
  return list.length === 0 ? undefined : list.join(' ');
}

// RFC 9470 §3: a non-negative whole number of seconds.
function isSeconds(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

/**
 * An `AuthError` on its way to a framework's own error handling, which reads `status`, `headers` and
 * `expose` (Express, Koa, http-errors).
 */
export class RefusedError extends AuthError {
  readonly status: Refusal['status'];
  readonly headers: Refusal['headers'];
  /** The message may be shown to the client. */
  readonly expose = true;

  constructor(error: AuthError, { status, headers }: Refusal) {
    super(error.reason, { ...error.details, cause: error.cause, issuerName: error.issuerName });
    this.status = status;
    this.headers = headers;
  }
}
