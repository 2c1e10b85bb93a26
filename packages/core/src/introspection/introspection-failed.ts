import { hasBrand } from '../model/has-brand.ts';
import type { IntrospectionFailure } from '../model/introspection-failure.ts';

// A brand instead of instanceof: two copies of this package in one process know each other's errors.
const BRAND: unique symbol = Symbol.for('@authly/core:IntrospectionFailed');

/** What a failure says beside its cause. */
export interface IntrospectionFailedDetails {
  /** The response's status, when that is what was wrong. */
  readonly status?: number;
  /** When the server says to come again, in seconds. */
  readonly retryAfterSec?: number | undefined;
  readonly cause?: unknown;
}

/** Why there is no answer about a token. Seen by operators as the `cause` of an `AuthError`, by no client. */
export class IntrospectionFailed extends Error {
  readonly failure: IntrospectionFailure;
  readonly status: number | undefined;
  readonly retryAfterSec: number | undefined;

  constructor(
    failure: IntrospectionFailure,
    message: string,
    details: IntrospectionFailedDetails = {},
  ) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'IntrospectionFailed';
    this.failure = failure;
    this.status = details.status;
    this.retryAfterSec = details.retryAfterSec;
    Object.defineProperty(this, BRAND, { value: true });
  }
}

/** Whether `error` is an {@link IntrospectionFailed}, also one of another copy of this package. */
export function isIntrospectionFailed(error: unknown): error is IntrospectionFailed {
  return hasBrand(error, BRAND);
}
