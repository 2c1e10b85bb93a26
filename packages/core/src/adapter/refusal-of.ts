import { processWide } from '../lib/process-wide.ts';
import { type AuthError, isAuthError } from '../model/errors.ts';
import { foundBy } from './admission.ts';

// Kept in a map, as admissions are. Only refused requests pay for it.
const refusals = processWide('refusals', () => new WeakMap<object, AuthError>());

/**
 * Why a request (Express) or a context (Koa) was refused, for access logs: by `authenticate`, a guard,
 * `userOf` or `clientOf`, or by an `AuthError` that `authErrorHandler` answered. `undefined` when it was
 * not. Its `code`, `reason`, `issuerName`, `kind` and `requirement` hold nothing of the request; `cause`
 * is for the operator alone, and may hold anything.
 *
 * It is the last refusal, also where the application went on after it.
 */
export function refusalOf(request: object): AuthError | undefined {
  return foundBy(request, (each) => refusals.get(each));
}

/** Remembers why a request is refused. Other errors are not remembered. */
export function noteRefusal(request: object, error: unknown): void {
  if (isAuthError(error)) refusals.set(request, error);
}
