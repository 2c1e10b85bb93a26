import { hasBrand } from '@authly/core/client';
import { REASONS, type TokenFailure } from './reasons.ts';
import type { ServerErrorCode } from './server-error-code.ts';

// A brand instead of `instanceof`, so that two copies of this package in one process recognise each other's
// errors.
const BRAND: unique symbol = Symbol.for('@authly/client:TokenSourceError');

/** What is known about a failure in addition to its reason. */
export interface TokenSourceErrorFacts {
  /** Status of the authorization server's response. */
  readonly serverStatus?: number | undefined;
  /** `error` of its response, if it is a known code. */
  readonly serverError?: ServerErrorCode | undefined;
  /** The error code of the system or of TLS, such as `ECONNREFUSED`. */
  readonly code?: string | undefined;
  /** How many seconds the server asks to wait before the next attempt. */
  readonly retryAfterSec?: number | undefined;
  readonly cause?: unknown;
}

/**
 * There is no token, or a request cannot be sent with it. `reason` says exactly why. `message` comes from a
 * fixed table and contains nothing of a token, a secret, a request or an answer.
 *
 * `status` is the status with which an API may answer its own caller: 503 if the cause may pass by itself,
 * otherwise 500. Express and Koa use `status` and `headers` without further code.
 */
export class TokenSourceError extends Error {
  readonly reason: TokenFailure;
  readonly status: 500 | 503;
  /** Headers for that answer: `Retry-After`, if the server sent one. */
  readonly headers: Readonly<Record<string, string>>;
  readonly serverStatus: number | undefined;
  readonly serverError: ServerErrorCode | undefined;
  readonly code: string | undefined;
  readonly retryAfterSec: number | undefined;

  constructor(reason: TokenFailure, facts: TokenSourceErrorFacts = {}) {
    super(REASONS[reason].text, facts.cause === undefined ? undefined : { cause: facts.cause });
    this.name = 'TokenSourceError';
    this.reason = reason;
    this.status = REASONS[reason].passes ? 503 : 500;
    this.serverStatus = facts.serverStatus;
    this.serverError = facts.serverError;
    this.code = facts.code;
    this.retryAfterSec = facts.retryAfterSec;
    this.headers = Object.freeze(
      facts.retryAfterSec === undefined ? {} : { 'retry-after': String(facts.retryAfterSec) },
    );
    Object.defineProperty(this, BRAND, { value: true });
  }
}

/** Whether `error` is a {@link TokenSourceError}. One from another copy of this package counts, too. */
export function isTokenSourceError(error: unknown): error is TokenSourceError {
  return hasBrand(error, BRAND);
}
