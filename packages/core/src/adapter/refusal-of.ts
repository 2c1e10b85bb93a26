import { type AuthError, isAuthError } from '../model/errors.ts';
import { foundBy } from './admission.ts';

const REFUSALS: unique symbol = Symbol.for('@authly/core:refusals');

// Kept beside the request, as admissions are. Only refused requests pay for it.
const refusals = sharedRefusals();

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

/** Remembers why a request is refused. What is no refusal is not remembered. */
export function noteRefusal(request: object, error: unknown): void {
  if (isAuthError(error)) refusals.set(request, error);
}

// One for the process, so that two copies of this package see each other's refusals.
function sharedRefusals(): WeakMap<object, AuthError> {
  const shared = globalThis as { [REFUSALS]?: WeakMap<object, AuthError> };
  shared[REFUSALS] ??= new WeakMap();
  return shared[REFUSALS];
}
