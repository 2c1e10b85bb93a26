import { ownProperty } from '../lib/own-property.ts';
import { isScopeToken } from '../lib/scope-token.ts';
import { AuthError, type ChallengeDetails } from '../model/errors.ts';
import { CODES, type CodeAnswer, type RefusalStatus } from '../model/reasons.ts';
import type { RefusalFacts } from '../model/refused.ts';
import type { Scheme } from '../model/scheme.ts';
import { type ChallengeParameters, challenge } from './challenge.ts';
import { SCHEME_NAMES } from './schemes.ts';

// A brand instead of instanceof: two copies of this package in one process know each other's errors.
const BRAND: unique symbol = Symbol.for('@authly/core:RefusedError');

/** How a refusal is answered over HTTP. */
export interface Refusal {
  readonly status: RefusalStatus;
  readonly headers: Readonly<Record<string, string>>;
  /** JSON text: `error` and `error_description`. */
  readonly body: string;
}

/**
 * The configured parts that every challenge of a resource server has besides the error, for 400,
 * 401 and 403.
 */
export interface ChallengeContext {
  /** The schemes that are accepted, in the order of their challenges. */
  readonly schemes: readonly Scheme[];
  /** Algorithms of proofs, for the DPoP challenge (RFC 9449 §7.1). */
  readonly proofAlgorithms?: readonly string[] | undefined;
  readonly realm: string;
  /**
   * URL of the protected-resource metadata (RFC 9728 §5.1), once it is published. A configured `resource` is
   * not enough: clients would be sent to a URL that nobody serves.
   */
  readonly resourceMetadata: string | undefined;
  /** Scopes to ask for, in a 401 for which no guard has said any. */
  readonly scopes?: readonly string[] | undefined;
}

const DEFAULT_RETRY_AFTER_SEC = 5;
/** Characters. */
const MAX_NONCE_LENGTH = 128;

/**
 * Turns an error into status, headers and body (RFC 6750 §3, RFC 9449 §7.1, RFC 9470 §3, RFC 9728 §5.1): fixed
 * texts and configuration only. Each accepted scheme gets a challenge. The error is in the challenge of the
 * scheme that the request used, or in all where that scheme is not known. It cannot throw.
 */
export function refusalFor(error: AuthError, context: ChallengeContext): Refusal {
  const { status, challenge: kind } = answerFor(error);
  const headers: Record<string, string> = {
    'content-type': 'application/json; charset=utf-8',
    'cache-control': 'no-store',
  };
  if (kind !== 'none') headers['www-authenticate'] = challengesOf(error, kind, context);
  const { details } = error;
  const nonce: unknown = ownProperty(details, 'nonce');
  if (status === 503) headers['retry-after'] = delaySeconds(ownProperty(details, 'retryAfterSec'));
  if (context.schemes.includes('dpop') && isNonce(nonce)) headers['dpop-nonce'] = nonce;
  return Object.freeze({
    status,
    headers: Object.freeze(headers),
    body: bodyOf(error),
  });
}

/** The answer that a `RefusedError` carries, also one of another copy of this package. */
export function carriedRefusal(error: AuthError): Refusal | undefined {
  if (!isRefusedError(error)) return undefined;
  const { status, headers } = error;
  return Object.freeze({ status, headers, body: bodyOf(error) });
}

function bodyOf({ code, message }: AuthError): string {
  return JSON.stringify({ error: code, error_description: message });
}

// Another copy of this package may know codes that this one does not.
function answerFor({ code }: AuthError): CodeAnswer {
  return CODES[code] ?? CODES.temporarily_unavailable;
}

// RFC 9110 §10.2.3: a whole number of seconds. A requirement of the application may give any number.
function delaySeconds(seconds: unknown): string {
  const whole = typeof seconds === 'number' ? Math.ceil(seconds) : Number.NaN;
  return String(isSeconds(whole) ? whole : DEFAULT_RETRY_AFTER_SEC);
}

/** One challenge for each accepted scheme (RFC 9110 §11.6.1). */
function challengesOf(
  error: AuthError,
  kind: 'bare' | 'error',
  { schemes, proofAlgorithms, realm, resourceMetadata, scopes }: ChallengeContext,
): string {
  const { details } = error;
  const used: unknown = ownProperty(details, 'scheme');
  const maxAgeSec: unknown = ownProperty(details, 'maxAgeSec');
  const asked: unknown = ownProperty(details, 'scopes') ?? (needsToken(error) ? scopes : undefined);
  const known = schemes.some((scheme) => scheme === used);
  return schemes
    .map((scheme) => {
      // RFC 6750 §3.1: neither code nor description when the request carried no credentials.
      const states = kind === 'error' && (scheme === used || !known);
      const parameters: ChallengeParameters = {
        realm,
        error: states ? error.code : undefined,
        error_description: states ? error.message : undefined,
        scope: spaced(asked),
        acr_values: spaced(ownProperty(details, 'acrValues')),
        max_age: isSeconds(maxAgeSec) ? String(maxAgeSec) : undefined,
        resource_metadata: resourceMetadata,
        algs: scheme === 'dpop' ? spaced(proofAlgorithms) : undefined,
      };
      return challenge(SCHEME_NAMES[scheme], parameters);
    })
    .join(', ');
}

// RFC 6750 §3: the client must know which scopes to ask for. Other codes are not about scopes alone.
function needsToken({ code }: AuthError): boolean {
  return code === 'missing_credentials' || code === 'invalid_token';
}

// A requirement of the application may give any text, so each word is checked by the grammar of RFC 6749 §3.3.
// An empty list is left out. Both lists are words with one space between two.
function spaced(words: unknown): string | undefined {
  const list = Array.isArray(words) ? words.filter(isScopeToken) : [];
  return list.length === 0 ? undefined : list.join(' ');
}

// RFC 9449 §8.1: the same characters as in a scope token. Ours are short.
function isNonce(value: unknown): value is string {
  return typeof value === 'string' && value.length <= MAX_NONCE_LENGTH && isScopeToken(value);
}

// RFC 9470 §3: a non-negative whole number of seconds.
function isSeconds(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

/**
 * What leaves a resource server: an `AuthError` that carries its answer, as the error handling of
 * Express, Koa and `http-errors` reads it. A framework without a handler of ours still answers it with its own
 * status and challenge.
 */
export interface RefusedError extends AuthError {
  /** The same as `status`, by the name that Express and `http-errors` look for too. */
  readonly statusCode: RefusalStatus;
  /** `WWW-Authenticate`, `Retry-After` and whatever else the answer has. */
  readonly headers: Refusal['headers'];
  /** The message may be shown to the client. */
  readonly expose: true;
}

/** Makes a {@link RefusedError}. */
export interface RefusedErrorConstructor {
  /**
   * `answer` makes the answer; it is called only when somebody reads the headers. `details` replace those of
   * `refused`, where more became known later.
   */
  new (
    refused: RefusalFacts,
    answer: (error: AuthError) => Refusal,
    details?: ChallengeDetails,
  ): RefusedError;
  readonly prototype: RefusedError;
}

// Typed by interfaces: a class with a private field is a type of its own in each form of this package.
export const RefusedError: RefusedErrorConstructor = class RefusedError extends AuthError {
  readonly statusCode: RefusalStatus;
  readonly expose = true;
  readonly #answer: (error: AuthError) => Refusal;

  constructor(
    refused: RefusalFacts,
    answer: (error: AuthError) => Refusal,
    details: ChallengeDetails = refused.details,
  ) {
    super(refused.reason, refused, details);
    this.statusCode = this.status;
    this.#answer = answer;
  }

  override get headers(): Refusal['headers'] {
    return this.#answer(this).headers;
  }

  // On the prototype: a property of its own would cost each refusal.
  get [BRAND](): true {
    return true;
  }
};

/** Whether `error` is a {@link RefusedError}, also one of another copy of this package. */
export function isRefusedError(error: AuthError): error is RefusedError {
  return BRAND in error;
}
