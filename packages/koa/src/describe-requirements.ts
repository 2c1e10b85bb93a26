import { METHODS } from 'node:http';
import type { RouteDescription } from '@authly/core';
import {
  type DescribeOptions,
  describeRoutes,
  type Ending,
  notDescribable,
  type PathParts,
  pathPart,
  type RouteLayer,
  refuseOtherFramework,
} from '@authly/core/adapter';
import { middlewareOf, type RouterLayer, type RouterStack, routerOf } from './router-stack.ts';

/**
 * Says what each route of a router of `@koa/router`, or of an app with such routers, needs of its
 * caller, from the guards and `authenticate` that run before it: for documentation, and for
 * `openapiSecurity`.
 *
 * Routers keep the whole path of routers within them. Not seen: what is mounted with `koa-mount` or joined with
 * `koa-compose` (describe it separately, with `base` and `before`), routes outside of a router, and guards that
 * another function calls. Where no guard is seen, and a function that may call one comes before a route,
 * `unknown` says so, unless `open` lists the route.
 *
 * Throws `ConfigurationError` for anything but a router or an app.
 */
export function describeRequirements(
  appOrRouter: object,
  options?: DescribeOptions,
): readonly RouteDescription[] {
  refuseOtherFramework(appOrRouter, '@authly/koa');
  return describeRoutes(layersOf(appOrRouter), options);
}

function* layersOf(appOrRouter: object): Generator<RouteLayer> {
  const isRouter = routerOf(appOrRouter) !== undefined;
  const middleware = isRouter ? [appOrRouter] : middlewareOf(appOrRouter);
  if (middleware === undefined) throw notDescribable('a router of @koa/router or a Koa app');
  for (const handler of middleware) {
    const router = routerOf(handler);
    if (router !== undefined) yield* routerLayers(router);
    else yield { method: '*', path: [], end: false, handlers: [handler] };
  }
}

/** A router's layers. Middleware that `router.use` added runs only for the router's own routes. */
function* routerLayers(router: RouterStack): Generator<RouteLayer> {
  for (const layer of router.stack) {
    if (layer.methods.length === 0 && router.exclusive) continue;
    const { end, ...place } = placeOf(layer);
    const path = isSlashAfterPattern(place.path) ? [{ why: SLASH_AFTER_PATTERN }] : place.path;
    // The path of `router.use(middleware)` below a prefix is compared case-sensitively, those of routes
    // are not: `/ADMIN/x` finds the route and evades the guard, unless the router is made sensitive.
    const sensitive = !layer.regexp.flags.includes('i');
    const handlers = layer.stack;
    const endings = endingsOf(path, layer.regexp);
    for (const method of methodsOf(layer)) {
      yield { method, path, end, handlers, sensitive, within: router, ...endings };
    }
  }
}

function methodsOf({ methods }: RouterLayer): readonly string[] {
  if (methods.length === 0 || METHODS.every((method) => methods.includes(method))) return ['*'];
  // The router adds HEAD where there is GET.
  return [...new Set(methods)].filter((method) => method !== 'HEAD' || !methods.includes('GET'));
}

/** How `@koa/router` writes "and whatever follows" after the prefix of `router.use(middleware)`. */
const WHATEVER_FOLLOWS = ['(?:\\/|$)', '{/*rest}'];

function placeOf({ path, methods, opts, regexp }: RouterLayer): { path: PathParts; end: boolean } {
  if (path instanceof RegExp) return { path: [pathPart(path)], end: methods.length > 0 };
  const suffix = methods.length === 0 && WHATEVER_FOLLOWS.find((text) => path.endsWith(text));
  // After a slash, which `router.use('/', inner.routes())` leaves, it has another meaning.
  if (suffix && !path.endsWith(`/${suffix}`)) {
    const prefix = path.slice(0, -suffix.length);
    // With this suffix the router takes the prefix for a regular expression, in which `*` means something else.
    const isPattern = suffix === WHATEVER_FOLLOWS[0] && SPECIAL.test(prefix.replaceAll(':', '*'));
    return { path: [isPattern ? pathPart(regexp) : prefix], end: false };
  }
  return { path: [path], end: opts.end !== false };
}

const ENDINGS: readonly Ending[] = ['', '/', '//'];
// Every character with a special meaning in some version of path-to-regexp, apart from the colon of a parameter.
const SPECIAL = /[*?+(){}[\]\\|^$!"]/;

const SLASH_AFTER_PATTERN = 'the path has a wildcard or a pattern, and a slash at its end';

/** Whether it depends on the version of path-to-regexp what a slash at the end means. */
function isSlashAfterPattern([path]: PathParts): boolean {
  return typeof path === 'string' && SPECIAL.test(path) && path.endsWith('/');
}

/** Which slashes at its end a path may have, by its regular expression: `/a/` does not match `/a`, but it matches `/a//`. */
function endingsOf([path]: PathParts, regexp: RegExp): { readonly endings?: readonly Ending[] } {
  if (typeof path !== 'string' || SPECIAL.test(path)) return {};
  const example = path.replace(/:[\w$]+/g, 'x').replace(/\/$/, '');
  const endings = ENDINGS.filter((ending) => regexp.test(example + ending));
  return endings.length === 0 ? {} : { endings };
}
