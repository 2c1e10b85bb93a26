import { METHODS } from 'node:http';
import {
  ConfigurationError,
  checkOptions,
  describeRoutes,
  type OptionNames,
  type PathParts,
  type RouteDescription,
  type RouteLayer,
} from '@authly/core';
import { layersOf, nameOf, type Route, type RouterLayer } from './router-stack.ts';

/** Options of {@link describeRequirements}. */
export interface DescribeOptions {
  /** The path that the app or router is mounted at. Default `/`. */
  readonly base?: string;
  /** What runs before it where it is mounted: `authenticate` and guards of the app around it. */
  readonly before?: readonly object[];
}

const OPTIONS: OptionNames<DescribeOptions> = { base: true, before: true };

/**
 * Says what each route of an app or a router needs of its caller, from the guards and `authenticate`
 * that run before it: for documentation, and for `openapiSecurity`.
 *
 * Express 5.3 and later keep the path that a router is mounted at; before that, everything below such a
 * path, unless it is `/`, has `path: undefined` and says why in `unknown`: describe that router by itself,
 * with `base` and `before`. The routes of a mounted app are never seen. What `use` adds to answer requests (static
 * files, say) is no route and is not listed; nor are guards that another function calls.
 *
 * Throws `ConfigurationError` for what is neither an app nor a router of Express.
 */
export function describeRequirements(
  appOrRouter: object,
  options: DescribeOptions = {},
): readonly RouteDescription[] {
  const { base = '/', before = [] } = checkOptions('describeRequirements()', options, OPTIONS);
  const layers = layersOf(appOrRouter);
  if (layers === undefined) {
    throw new ConfigurationError(
      "describeRequirements takes an app or a router of Express. Write: describeRequirements(router, { base: '/users' })",
    );
  }
  const around: RouteLayer = { method: '*', path: [base], end: false, handlers: before };
  return describeRoutes([around, ...flattened(layers, [base])]);
}

/** Layers in the order of requests: a router stands for its own. */
function* flattened(layers: readonly RouterLayer[], base: PathParts): Generator<RouteLayer> {
  for (const layer of layers) {
    const { route, handle } = layer;
    if (route !== undefined) {
      for (const path of pathsOf(route.path)) yield* routeLayers(route, [...base, ...path]);
      continue;
    }
    const inner = layersOf(handle);
    for (const mountPath of mountPathsOf(layer)) {
      const path = [...base, ...mountPath];
      if (inner !== undefined) yield* flattened(inner, path);
      else yield { method: '*', path, end: false, handlers: [handle], ...opaque(handle) };
    }
  }
}

/** A route as it is for each of its methods: what `all` added is for every one. */
function* routeLayers({ methods, stack }: Route, path: PathParts): Generator<RouteLayer> {
  // `app.all` adds its handlers once for each method; one of them stands for the rest.
  const forAll = isForAll(methods);
  for (const method of forAll ? ['get'] : Object.keys(methods)) {
    const handlers = stack.filter((layer) => layer.method === undefined || layer.method === method);
    yield {
      method: forAll || method === '_all' ? '*' : method.toUpperCase(),
      path,
      end: true,
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
  if (typeof path === 'string') return [[path]];
  if (Array.isArray(path)) return path.flatMap(pathsOf);
  const why =
    path instanceof RegExp ? `the path is a regular expression, ${path}` : 'no path is kept';
  return [[{ why }]];
}

/** Express closes over a mounted app: nothing leads from here to its routes. */
function opaque(handle: unknown): { readonly unknown?: string } {
  if (nameOf(handle) !== 'mounted_app') return {};
  return { unknown: 'an app is mounted here: describe it by itself, with base' };
}
