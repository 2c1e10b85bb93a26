import { checkOptions, type OptionNames } from '../lib/check-options.ts';
import { isStringList } from '../lib/json.ts';
import { memberOf } from '../lib/member-of.ts';
import { SCHEMES, type Scheme } from '../model/scheme.ts';
import { isRequirement } from '../requirement/check-requirement.ts';
import type { Requirement } from '../requirement/requirement.ts';
import {
  type Coverage,
  covers,
  type PathParts,
  pathOf,
  pathText,
  type RoutePath,
} from './route-path.ts';

/** What a route needs of its caller, as far as its framework keeps it. */
export interface RouteDescription {
  /** In upper case; `*` for every method. */
  readonly method: string;
  /** The whole path as the framework writes it: `/users/:id`. `undefined` when it is not known. */
  readonly path: string | undefined;
  /** What every request to the route, as its path is written, must meet: the outermost guard's first. */
  readonly requirements: readonly Requirement[];
  /** Whether `authenticate` runs before it. */
  readonly authenticated: boolean;
  /** Whether anonymous requests get through: authentication is optional, and no guard follows. */
  readonly optional: boolean;
  /**
   * The schemes under which tokens are accepted there (RFC 6750, RFC 9449): those of every
   * `authenticate`. A description made by hand may leave it out: Bearer.
   */
  readonly schemes?: readonly Scheme[];
  /** What could not be told, in words. Empty when the description is whole. */
  readonly unknown: readonly string[];
  /** Where a guard can be evaded, in words: look at these. */
  readonly warnings: readonly string[];
}

/** A route, or middleware, as an adapter finds it in its framework: in the order of requests. */
export interface RouteLayer {
  /** In upper case; `*` for every method. */
  readonly method: string;
  /** From the app or router that is described: `base` comes before it. */
  readonly path: PathParts;
  /** Whether the whole path must match (a route), or its beginning (middleware). */
  readonly end: boolean;
  readonly handlers: readonly unknown[];
  /** Whether capitals count in its path, where a framework has both. */
  readonly sensitive?: boolean;
  /** The router whose own routes alone it runs for, where a framework has such. */
  readonly within?: object;
  /** Why nothing more can be told of what stands here. */
  readonly unknown?: string;
}

/** Options of an adapter's `describeRequirements`. */
export interface DescribeOptions {
  /** The path that the app or router is mounted at. Default `/`. */
  readonly base?: string;
  /** What runs before it where it is mounted: `authenticate` and guards of the app around it. */
  readonly before?: readonly object[];
}

const DESCRIBE_OPTIONS: OptionNames<DescribeOptions> = { base: true, before: true };

/** A layer with its path taken apart. */
type Placed = Omit<RouteLayer, 'path'> & { readonly path: RoutePath };

/** A guard, or `authenticate`, among handlers. */
interface Check {
  readonly handler: object;
  readonly requirement?: Requirement;
  readonly optional?: boolean;
  readonly schemes?: readonly Scheme[];
}

/**
 * Says what each route needs, from what runs before it. A route is what answers: handlers of which one
 * at least is no guard. What is made of guards alone counts as middleware.
 *
 * It sees guards and `authenticate` as they are: not those that another function calls. Where it cannot
 * tell whether one of them runs before a route, it says so in `unknown`; it guesses nothing.
 */
export function describeRoutes(
  layers: Iterable<RouteLayer>,
  options: DescribeOptions = {},
): readonly RouteDescription[] {
  const { base = '/', before: around = [] } = checkOptions(
    'describeRequirements()',
    options,
    DESCRIBE_OPTIONS,
  );
  const before: Placed[] = [{ method: '*', path: pathOf([base]), end: false, handlers: around }];
  const routes: RouteDescription[] = [];
  for (const each of layers) {
    const layer: Placed = { ...each, path: pathOf([base, ...each.path]) };
    if (layer.unknown !== undefined || isRoute(layer)) routes.push(describe(layer, before));
    else before.push(layer);
  }
  return routes;
}

function isRoute({ end, handlers }: Placed): boolean {
  return end && handlers.some((handler) => checkOf(handler) === undefined);
}

function describe(route: Placed, before: readonly Placed[]): RouteDescription {
  const checks = new Map<object, Check>();
  const unknown = unknownOf(route);
  const warnings: string[] = [];
  for (const step of before) {
    const runs = runsBefore(step, route);
    if (runs === 'no') continue;
    for (const check of step.handlers.map(checkOf)) {
      if (check === undefined || checks.has(check.handler)) continue;
      const place = `${inWords(check)} at ${whereIs(step)}`;
      if (runs === 'maybe') unknown.push(`${place} may run before it`);
      else checks.set(check.handler, check);
      if (runs === 'yes' && isEvaded(step, route)) {
        warnings.push(`${place} does not run for the same path in other capitals`);
      }
    }
  }
  for (const check of ownChecks(route)) checks.set(check.handler, check);
  const all = [...checks.values()];
  const requirements = all.flatMap(({ requirement }) => requirement ?? []);
  const authentications = all.filter(({ requirement }) => requirement === undefined);
  const authenticated = authentications.length > 0;
  return Object.freeze<RouteDescription>({
    method: route.method,
    path: pathText(route.path),
    requirements: Object.freeze(requirements),
    authenticated,
    optional:
      authenticated &&
      requirements.length === 0 &&
      authentications.every(({ optional }) => optional === true),
    schemes: Object.freeze(schemesOf(authentications)),
    unknown: Object.freeze([...new Set(unknown)]),
    warnings: Object.freeze(warnings),
  });
}

/** Each `authenticate` must let the request in, so that one which asks for more decides. */
function schemesOf(authentications: readonly Check[]): readonly Scheme[] {
  const [first = [], ...others] = authentications.map(({ schemes = ['bearer'] }) => schemes);
  return first.filter((scheme) => others.every((schemes) => schemes.includes(scheme)));
}

function runsBefore(step: Placed, route: Placed): Coverage {
  if (step.within !== undefined && step.within !== route.within) return 'no';
  const runs = covers(step.path, step.end, route.path);
  if (runs === 'no' || step.method === '*' || step.method === route.method) return runs;
  // What stands for GET also runs for HEAD, in every framework.
  if (step.method === 'GET' && route.method === 'HEAD') return runs;
  return route.method === '*' ? 'maybe' : 'no';
}

/** Whether a request in other capitals finds the route, but not what should run before it. */
function isEvaded(step: Placed, route: Placed): boolean {
  if (step.sensitive !== true || route.sensitive !== false) return false;
  return step.path.some((segment) => segment.kind === 'literal' && /[a-z]/i.test(segment.text));
}

/** The checks of a route before its last handler: what comes after that is not reached. */
function ownChecks({ handlers }: Placed): readonly Check[] {
  const last = handlers.findLastIndex((handler) => checkOf(handler) === undefined);
  return handlers.slice(0, last).flatMap((handler) => checkOf(handler) ?? []);
}

function unknownOf({ path, unknown }: Placed): string[] {
  const parts = path.flatMap((segment) => (segment.kind === 'unknown' ? [segment.part.why] : []));
  return unknown === undefined ? parts : [...parts, unknown];
}

function whereIs({ path }: Placed): string {
  return pathText(path) ?? 'a path that is not known';
}

function inWords({ requirement }: Check): string {
  return requirement === undefined ? 'authenticate' : `a guard (${requirement.description})`;
}

/** What the adapters' middleware carry: a guard its requirement, `authenticate` its resource server. */
function checkOf(handler: unknown): Check | undefined {
  if (typeof handler !== 'function') return undefined;
  if ('requirement' in handler && isRequirement(handler.requirement)) {
    return { handler, requirement: handler.requirement };
  }
  if (!('resourceServer' in handler)) return undefined;
  const optional = 'optional' in handler && handler.optional === true;
  const schemes: unknown = memberOf(handler.resourceServer, 'schemes');
  return isStringList(schemes)
    ? { handler, optional, schemes: SCHEMES.filter((scheme) => schemes.includes(scheme)) }
    : { handler, optional };
}
