import { hasBrand } from '../model/has-brand.ts';
import type { IntrospectionFailure } from '../model/introspection-failure.ts';

// A brand instead of `instanceof`, so that two copies of this package recognize each other's errors.
const BRAND: unique symbol = Symbol.for('@authly/core:IntrospectionFailed');

/** What is known of a failure, besides its kind. */
export interface IntrospectionFailedDetails {
  /** HTTP status of the response, when the status was the problem. */
  readonly status?: number;
  /** After how many seconds the server wants to be asked again (`Retry-After`). */
  readonly retryAfterSec?: number | undefined;
  readonly cause?: unknown;
}

/** Why there is no answer about a token. It is the `cause` of an `AuthError`, for operators; clients never see it. */
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
