import type { RefreshFailure } from '../model/events.ts';

// A brand instead of `instanceof`, so that two copies of this package recognize each other's errors.
const BRAND: unique symbol = Symbol.for('@authly/core:KeyFetchError');

/** What is known about a failed fetch, besides its kind. */
export interface KeyFetchFacts {
  /** The URL that was requested. */
  readonly url?: string | undefined;
  /** HTTP status of the response, when the status was the problem. */
  readonly status?: number | undefined;
  /** Code of the system's or TLS error, such as `ECONNREFUSED` or `UNABLE_TO_VERIFY_LEAF_SIGNATURE`. */
  readonly code?: string | undefined;
  /** The issuer that metadata states, when it is not the configured one. */
  readonly statedIssuer?: string | undefined;
  /** The line to write if the stated issuer is the right one. */
  readonly toWrite?: string | undefined;
  readonly cause?: unknown;
}

/**
 * Why keys could not be fetched. Operators see it as the `cause` of an `AuthError`; clients never do. Its
 * message names the URL that was tried, without the query.
 */
export class KeyFetchError extends Error {
  readonly failure: RefreshFailure;
  readonly url: string | undefined;
  readonly status: number | undefined;
  readonly code: string | undefined;
  readonly statedIssuer: string | undefined;
  readonly toWrite: string | undefined;

  constructor(failure: RefreshFailure, message: string, facts: KeyFetchFacts = {}) {
    const { url, status, code, statedIssuer, toWrite, cause } = facts;
    const shown = url === undefined ? undefined : withoutQuery(url);
    super(
      shown === undefined ? message : `${message} (${shown})`,
      cause === undefined ? undefined : { cause },
    );
    this.name = 'KeyFetchError';
    this.failure = failure;
    this.url = shown;
    this.status = status;
    this.code = code;
    this.statedIssuer = statedIssuer;
    this.toWrite = toWrite;
    Object.defineProperty(this, BRAND, { value: true });
  }
}

/** Whether `error` is a `KeyFetchError`, also one of another copy of this package. */
export function isKeyFetchError(error: unknown): error is KeyFetchError {
  return typeof error === 'object' && error !== null && Object.hasOwn(error, BRAND);
}

/** Adds the URL that was tried to a `KeyFetchError` that has none. Gives any other error back unchanged. */
export function withUrl(error: unknown, url: string | undefined): unknown {
  if (!isKeyFetchError(error) || error.url !== undefined || url === undefined) {
    return error;
  }
  const { failure, message, status, code, cause } = error;
  return new KeyFetchError(failure, message, { url, status, code, cause });
}

/** Removes the query of a URL. It may contain an API key of the operator, which must not be logged. */
function withoutQuery(url: string): string {
  const mark = url.indexOf('?');
  return mark < 0 ? url : `${url.slice(0, mark)}?…`;
}
