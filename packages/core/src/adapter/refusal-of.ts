import { processWide } from '../lib/process-wide.ts';
import { type AuthError, isAuthError } from '../model/errors.ts';
import { foundBy } from './admission.ts';

// A `WeakMap` is fast enough here, unlike for admissions: only refused requests need an entry.
const refusals = processWide('refusals', () => new WeakMap<object, AuthError>());

/**
 * Gives the error with which a request (Express) or a context (Koa) was refused, for access logs. `undefined` when it was
 * not refused. It finds refusals by `authenticate`, by a guard, by `userOf` and `clientOf`, and each `AuthError` that
 * `authErrorHandler` answered. If there were several, it gives the last one, even if the application continued after it.
 *
 * The error's `code`, `reason`, `issuerName`, `kind` and `requirement` contain nothing of the request, so they may be
 * logged. `cause` is only for the operator, and may contain anything.
 */
export function refusalOf(request: object): AuthError | undefined {
  return foundBy(request, (each) => refusals.get(each));
}

/** Remembers an `AuthError` as the reason why a request is refused. Other errors are not remembered. */
export function noteRefusal(request: object, error: unknown): void {
  if (isAuthError(error)) refusals.set(request, error);
}
