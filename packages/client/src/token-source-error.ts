import { hasBrand } from '@authly/core/client';
import { REASONS, type TokenFailure } from './reasons.ts';
import type { ServerErrorCode } from './server-error-code.ts';

// A brand instead of instanceof: two copies of this package in one process know each other's errors.
const BRAND: unique symbol = Symbol.for('@authly/client:TokenSourceError');

/** What is known about a failure beside its reason. */
export interface TokenSourceErrorFacts {
  /** Status of the authorization server's response. */
  readonly serverStatus?: number | undefined;
  /** `error` of its response, where it is a registered one. */
  readonly serverError?: ServerErrorCode | undefined;
  /** The system's or TLS's name for what was wrong: `ECONNREFUSED`. */
  readonly code?: string | undefined;
  /** After how many seconds the server wants the next attempt. */
  readonly retryAfterSec?: number | undefined;
  readonly cause?: unknown;
}

/**
 * There is no token, or a request cannot be sent with it. `reason` says exactly why; `message` is from a
 * fixed table, and holds nothing of a token, a secret, a request or an answer.
 *
 * `status` is what an API may answer its own caller: 503 when the cause passes by itself, else 500. Express
 * and Koa do so by themselves.
 */
export class TokenSourceError extends Error {
  readonly reason: TokenFailure;
  readonly status: 500 | 503;
  /** Headers for that answer: `Retry-After`, where the server said when. */
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

/** Whether `error` is a {@link TokenSourceError}, also one of another copy of this package. */
export function isTokenSourceError(error: unknown): error is TokenSourceError {
  return hasBrand(error, BRAND);
}
