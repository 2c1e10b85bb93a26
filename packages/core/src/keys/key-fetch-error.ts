import type { RefreshFailure } from '../model/events.ts';

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
  }
}
