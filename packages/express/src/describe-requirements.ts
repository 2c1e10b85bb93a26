import { METHODS } from 'node:http';
import type { RouteDescription } from '@authly/core';
import {
  type DescribeOptions,
  describeRoutes,
  type Ending,
  errorsOf,
  memberOf,
  notDescribable,
  type PathParts,
  pathPart,
  type RouteLayer,
  refuseOtherFramework,
} from '@authly/core/adapter';
import {
  isCaseSensitive,
  isStrict,
  layersOf,
  type Route,
  type RouterLayer,
} from './router-stack.ts';

/**
 * Says what each route of an app or a router needs of its caller, from the guards and `authenticate`
 * that run before it: for documentation, and for `openapiSecurity`.
 *
 * Express 5.3 and later keep the path that a router is mounted at. Earlier versions do not: there, routes of a
 * router that is not mounted at `/` have `path: undefined`, and `unknown` says why. Describe such a router
 * separately, with `base` and `before`. Not seen: the routes of a mounted app, middleware that answers requests
 * (static files, for example), and guards that another function calls. Where no guard is seen, and a function
 * that may call one comes before a route, `unknown` says so, unless `open` lists the route.
 *
 * Throws `ConfigurationError` for anything but an app or a router of Express.
 */
export function describeRequirements(
  appOrRouter: object,
  options?: DescribeOptions,
): readonly RouteDescription[] {
  refuseOtherFramework(appOrRouter, '@authly/express');
  const layers = layersOf(appOrRouter);
  if (layers === undefined) throw notDescribable('an app or a router of Express');
  const root: Place = { path: [], inside: [], sensitive: false, loose: false };
  return describeRoutes(flattened(layers, root, comparisonOf(appOrRouter)), options);
}

/** A path, and which parts of it are compared case-sensitively: each router has its own setting. */
interface Place {
  readonly path: PathParts;
  /** The routers that have it: their layers. */
  readonly inside: readonly object[];
  readonly sensitive: boolean;
  readonly loose: boolean;
}

/** What counts when a router compares paths. */
interface Comparison {
  readonly capitalsCount: boolean;
  readonly slashCounts: boolean;
}

function comparisonOf(appOrRouter: unknown): Comparison {
  return { capitalsCount: isCaseSensitive(appOrRouter), slashCounts: isStrict(appOrRouter) };
}

const MOUNTED_APP = 'an app is mounted here: describe it by itself, with base';

/** Layers in the order of requests; a router is replaced by its own layers. */
function* flattened(
  layers: readonly RouterLayer[],
  around: Place,
  comparison: Comparison,
): Generator<RouteLayer> {
  const base = { ...around, inside: [...around.inside, layers] };
  const { capitalsCount, slashCounts } = comparison;
  for (const layer of layers) {
    const { route, handle } = layer;
    // For a mounted app, Express keeps a function of this name, from which the app's routes cannot be reached.
    const opaque = memberOf(handle, 'name') === 'mounted_app' && { unknown: MOUNTED_APP };
    if (route !== undefined) {
      for (const path of pathsOf(route.path)) {
        const endings = endingsOf(path, slashCounts);
        yield* routeLayers(route, below(base, path, capitalsCount), endings);
      }
      continue;
    }
    const inner = layersOf(handle);
    for (const mountPath of mountPathsOf(layer)) {
      const place = below(base, mountPath, capitalsCount);
      const { path, inside, sensitive } = place;
      if (inner !== undefined) yield* flattened(inner, place, comparisonOf(handle));
      else
        yield {
          method: '*',
          path,
          inside,
          end: false,
          handlers: passedBy(handle),
          sensitive,
          ...opaque,
        };
    }
  }
}

/** An error handler does not run for requests without an error. Ours is kept, because its place is checked. */
function passedBy(handle: unknown): readonly unknown[] {
  const isOther =
    typeof handle === 'function' && handle.length > 3 && errorsOf(handle) === undefined;
  return isOther ? [] : [handle];
}

function below(base: Place, own: PathParts, capitalsCount: boolean): Place {
  // The name of a parameter is not part of the request's path.
  const hasLetters = own.some(
    (part) => typeof part === 'string' && /[a-z]/i.test(part.replace(/[:*]\w+/g, '')),
  );
  return {
    ...base,
    path: [...base.path, ...own],
    sensitive: base.sensitive || (hasLetters && capitalsCount),
    loose: base.loose || (hasLetters && !capitalsCount),
  };
}

/** The slashes with which requests may end that find a route at a path. */
function endingsOf([path]: PathParts, slashCounts: boolean): readonly Ending[] {
  // `/` is what is left of a request to the path of the mount, with a slash at its end or without.
  if (path === '/') return slashCounts ? ['', '/'] : ['', '/', '//'];
  if (!slashCounts) return ['', '/'];
  return typeof path === 'string' && path.endsWith('/') ? ['/'] : [''];
}

/** A route, once for each of its methods; handlers added by `all` belong to every method. */
function* routeLayers(
  { methods, stack }: Route,
  { path, inside, loose }: Place,
  endings: readonly Ending[],
): Generator<RouteLayer> {
  // `app.all` adds its handlers once for each method; they are listed once.
  const forAll = isForAll(methods);
  for (const method of forAll ? ['get'] : Object.keys(methods)) {
    const handlers = stack.filter((layer) => layer.method === undefined || layer.method === method);
    yield {
      method: forAll || method === '_all' ? '*' : method.toUpperCase(),
      path,
      inside,
      end: true,
      sensitive: !loose,
      endings,
      handlers: handlers.map(({ handle }) => handle),
    };
  }
}

function isForAll(methods: Route['methods']): boolean {
  if (methods['_all'] === true) return false;
  return METHODS.every((method) => methods[method.toLowerCase()] === true);
}

function mountPathsOf(layer: RouterLayer): readonly PathParts[] {
  if (layer.slash === true || layer.regexp?.fast_slash === true) return [[]];
  if ('rawPath' in layer) return pathsOf(layer.rawPath);
  return [[{ why: 'this version of Express does not keep the path of a mount' }]];
}

/** A path, or one of several. */
function pathsOf(path: unknown): readonly PathParts[] {
  return Array.isArray(path) ? path.flatMap(pathsOf) : [[pathPart(path)]];
}
