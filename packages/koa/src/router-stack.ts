// The only file that reads the internal data of @koa/router and of a Koa app. Its types are not trusted, because
// this package depends on neither.
import { memberOf } from '@authly/core/adapter';

/** What `@koa/router` keeps of one call of `router.use`, `router.get` and so on. */
export interface RouterLayer {
  /** Its path with all prefixes; without it, this is not a layer. */
  readonly path: string | RegExp;
  /** In upper case; empty for middleware that `router.use` added. */
  readonly methods: readonly string[];
  readonly stack: readonly unknown[];
  readonly regexp: RegExp;
  readonly opts: { readonly end?: boolean };
}

/** A router: `new Router()` of `@koa/router`. */
export interface RouterStack {
  readonly stack: readonly RouterLayer[];
  /** Whether only the last matching layer runs, and no middleware of the router. */
  readonly exclusive: boolean;
}

/** The router that a value is, or that a middleware made by `router.routes()` belongs to. */
export function routerOf(value: unknown): RouterStack | undefined {
  const stack = memberOf(value, 'stack');
  if (Array.isArray(stack) && stack.every(isLayer)) {
    return { stack, exclusive: memberOf(value, 'exclusive') === true };
  }
  return typeof value === 'function' ? routerOf(memberOf(value, 'router')) : undefined;
}

/** The middleware of a Koa app, in order; `undefined` for anything else. */
export function middlewareOf(value: unknown): readonly unknown[] | undefined {
  const middleware = memberOf(value, 'middleware');
  return Array.isArray(middleware) ? middleware : undefined;
}

function isLayer(value: unknown): value is RouterLayer {
  const path = memberOf(value, 'path');
  const opts = memberOf(value, 'opts');
  return (
    (typeof path === 'string' || path instanceof RegExp) &&
    Array.isArray(memberOf(value, 'methods')) &&
    Array.isArray(memberOf(value, 'stack')) &&
    memberOf(value, 'regexp') instanceof RegExp &&
    typeof opts === 'object' &&
    opts !== null
  );
}
