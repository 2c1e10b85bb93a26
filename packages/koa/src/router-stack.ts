// The one place that looks into a router of @koa/router and a Koa app, as data that anybody may have
// given: this package depends on neither.

/** What `@koa/router` keeps of one call of `router.use`, `router.get` and so on. */
export interface RouterLayer {
  /** Its path with every prefix before it; `undefined` would be no layer. */
  readonly path: string | RegExp;
  /** In upper case; empty for what `router.use` added. */
  readonly methods: readonly string[];
  readonly stack: readonly unknown[];
  readonly regexp: RegExp;
  readonly opts: { readonly end?: boolean };
}

/** A router: `new Router()` of `@koa/router`. */
export interface RouterStack {
  readonly stack: readonly RouterLayer[];
  /** Whether the last matching layer alone runs, and so no middleware of the router. */
  readonly exclusive: boolean;
}

/** The router that a value is, or that a middleware made by `router.routes()` belongs to. */
export function routerOf(value: unknown): RouterStack | undefined {
  const stack = member(value, 'stack');
  if (Array.isArray(stack) && stack.every(isLayer)) {
    return { stack, exclusive: member(value, 'exclusive') === true };
  }
  return typeof value === 'function' ? routerOf(member(value, 'router')) : undefined;
}

/** The middleware of a Koa app, in order; `undefined` for anything else. */
export function middlewareOf(value: unknown): readonly unknown[] | undefined {
  const middleware = member(value, 'middleware');
  return Array.isArray(middleware) ? middleware : undefined;
}

function isLayer(value: unknown): value is RouterLayer {
  const path = member(value, 'path');
  const opts = member(value, 'opts');
  return (
    (typeof path === 'string' || path instanceof RegExp) &&
    Array.isArray(member(value, 'methods')) &&
    Array.isArray(member(value, 'stack')) &&
    member(value, 'regexp') instanceof RegExp &&
    typeof opts === 'object' &&
    opts !== null
  );
}

/** A member of whatever it is, own or inherited. */
export function member(value: unknown, name: string): unknown {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null)
    return undefined;
  return Reflect.get(value, name);
}
