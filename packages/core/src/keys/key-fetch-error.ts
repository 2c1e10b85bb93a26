import type { RefreshFailure } from '../model/events.ts';

// A brand instead of instanceof: two copies of this package in one process know each other's errors.
const BRAND: unique symbol = Symbol.for('@authly/core:KeyFetchError');

/** Why keys could not be fetched. Seen by operators as the `cause` of an `AuthError`, by no client. */
export class KeyFetchError extends Error {
  readonly failure: RefreshFailure;
  /** The response's status, when that is what was wrong. */
  readonly status: number | undefined;

  constructor(
    failure: RefreshFailure,
    message: string,
    options: { readonly status?: number; readonly cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'KeyFetchError';
    this.failure = failure;
    this.status = options.status;
    Object.defineProperty(this, BRAND, { value: true });
  }
}

/** Whether `error` is a {@link KeyFetchError}, also one of another copy of this package. */
export function isKeyFetchError(error: unknown): error is KeyFetchError {
  return typeof error === 'object' && error !== null && Object.hasOwn(error, BRAND);
}
