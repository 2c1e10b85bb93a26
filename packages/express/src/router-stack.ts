// The only file that reads Express's internal data about routers.
import { memberOf } from '@authly/core/adapter';

/** What a router keeps of one call of `use`, `get` and so on, in Express 4 and 5. */
export interface RouterLayer {
  readonly handle: unknown;
  /** Set when the layer is a route. */
  readonly route?: Route | undefined;
  /** Express 5.3 and later: the path as it was given. */
  readonly rawPath?: unknown;
  /** Express 5: whether the path is `/`. */
  readonly slash?: unknown;
  /** Express 4 keeps a regular expression of the path, and whether the path was `/`. */
  readonly regexp?: { readonly fast_slash?: unknown } | undefined;
}

/** What `app.get`, `app.route` and so on made. */
export interface Route {
  readonly path: unknown;
  /** In lower case; `_all` for `all`. */
  readonly methods: Readonly<Record<string, unknown>>;
  readonly stack: readonly { readonly handle: unknown; readonly method?: unknown }[];
}

/** The layers of an app or a router, in order; `undefined` for anything else. */
export function layersOf(value: unknown): readonly RouterLayer[] | undefined {
  const stack = memberOf(value, 'stack');
  if (Array.isArray(stack) && stack.every(isLayer)) return stack;
  if (typeof value !== 'function' || typeof memberOf(value, 'set') !== 'function') return undefined;
  if (!('lazyrouter' in value)) return layersOf(memberOf(value, 'router'));
  // Express 4 creates an app's router when it is first needed, with two layers of its own at the start.
  const router = memberOf(value, '_router');
  return router === undefined ? [] : layersOf(router)?.slice(2);
}

/** Whether an app or a router compares paths case-sensitively (`caseSensitive`, `case sensitive routing`). */
export function isCaseSensitive(value: unknown): boolean {
  return hasSetting(value, 'caseSensitive');
}

/** Whether a slash at the end of a path counts in the routes of an app or a router (`strict`, `strict routing`). */
export function isStrict(value: unknown): boolean {
  return hasSetting(value, 'strict');
}

function hasSetting(value: unknown, name: 'caseSensitive' | 'strict'): boolean {
  if (typeof memberOf(value, name) === 'boolean') return memberOf(value, name) === true;
  if (typeof value !== 'function' || typeof memberOf(value, 'set') !== 'function') return false;
  return memberOf(memberOf(value, 'lazyrouter' in value ? '_router' : 'router'), name) === true;
}

function isLayer(value: unknown): value is RouterLayer {
  if (typeof value !== 'object' || value === null || !('handle' in value)) return false;
  const route = memberOf(value, 'route');
  return route === undefined || isRoute(route);
}

function isRoute(value: unknown): value is Route {
  const methods = memberOf(value, 'methods');
  return Array.isArray(memberOf(value, 'stack')) && typeof methods === 'object' && methods !== null;
}
