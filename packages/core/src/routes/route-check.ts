import { isStringList } from '../lib/json.ts';
import { memberOf } from '../lib/member-of.ts';
import { SCHEMES, type Scheme } from '../model/scheme.ts';
import { isRequirement } from '../requirement/check-requirement.ts';
import type { Requirement } from '../requirement/requirement.ts';

/** What the adapters' middleware say about themselves: that it is a guard, or `authenticate`. */
export interface Check {
  readonly handler: object;
  /** The requirement of a guard; `authenticate` has none. */
  readonly requirement?: Requirement;
  readonly optional?: boolean;
  /** Says which requests `authenticate` lets pass without a look at their credentials. */
  readonly skip?: unknown;
  /** The schemes that the resource server of `authenticate` accepts. */
  readonly schemes?: readonly Scheme[];
  /** Whether that resource server accepts no token without the client certificate that it is bound to. */
  readonly needsCertificate?: boolean;
}

/** The check that a handler is: a guard carries its requirement, `authenticate` its resource server. */
export function checkOf(handler: unknown): Check | undefined {
  if (typeof handler !== 'function') return undefined;
  if ('requirement' in handler && isRequirement(handler.requirement)) {
    return { handler, requirement: handler.requirement };
  }
  if (!('resourceServer' in handler)) return undefined;
  const optional = 'optional' in handler && handler.optional === true;
  const skip = 'skip' in handler ? handler.skip : undefined;
  const schemes: unknown = memberOf(handler.resourceServer, 'schemes');
  const needsCertificate = memberOf(handler.resourceServer, 'needsCertificate') === true;
  const check: Check = { handler, optional, skip, needsCertificate };
  return isStringList(schemes)
    ? { ...check, schemes: SCHEMES.filter((scheme) => schemes.includes(scheme)) }
    : check;
}

/** A check in words. */
export function checkInWords({ requirement }: Check): string {
  return requirement === undefined ? 'authenticate' : `a guard (${requirement.description})`;
}

/** The methods to ask `skip` about, for a route that serves every method. */
const SOME_METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];

/**
 * Whether `authenticate` skips a route. `skip` is called with the path as it is written, and without headers.
 * `maybe`: the path is not known, or `skip` answers differently for different methods.
 */
export function skipsRoute(
  { skip }: Check,
  method: string,
  path: string | undefined,
): 'yes' | 'no' | 'maybe' {
  if (typeof skip !== 'function') return 'no';
  if (path === undefined) return 'maybe';
  const methods = method === '*' ? SOME_METHODS : [method];
  try {
    const skipped = methods.filter(
      (each) => skip({ method: each, url: path, header: () => undefined }) === true,
    );
    if (skipped.length === 0) return 'no';
    return skipped.length === methods.length ? 'yes' : 'maybe';
  } catch {
    return 'maybe';
  }
}

const NEUTRAL: unique symbol = Symbol.for('@authly/core:neutral-middleware');

/** Marks a middleware of an adapter that calls no guard, so that it may come before open routes. */
export function neutralMiddleware<Middleware extends object>(middleware: Middleware): Middleware {
  return Object.defineProperty(middleware, NEUTRAL, { value: true });
}

const ERRORS_OF: unique symbol = Symbol.for('@authly/core:errors-of');

/** Whose errors an error handler answers: those of the handlers before it (Express), or after it (Koa). */
export type ErrorsOf = 'before' | 'after';

/** Marks a middleware of an adapter that answers errors, and calls no guard. */
export function errorMiddleware<Middleware extends object>(
  middleware: Middleware,
  errorsOf: ErrorsOf,
): Middleware {
  return Object.defineProperty(neutralMiddleware(middleware), ERRORS_OF, { value: errorsOf });
}

/** Whose errors a handler answers; `undefined` for a handler that is not an adapter's `authErrorHandler()`. */
export function errorsOf(handler: unknown): ErrorsOf | undefined {
  if (typeof handler !== 'function' || !(ERRORS_OF in handler)) return undefined;
  const value = handler[ERRORS_OF];
  return value === 'before' || value === 'after' ? value : undefined;
}

/** Whether a handler is not one of our middleware, and so may call `authenticate` or a guard. */
export function mayCallGuards(handler: unknown): handler is { readonly name: string } {
  return typeof handler === 'function' && checkOf(handler) === undefined && !(NEUTRAL in handler);
}
