import { checkOptions, type OptionNames } from '../lib/check-options.ts';
import { mustBe } from '../lib/option-checks.ts';
import type { Scheme } from '../model/scheme.ts';
import type { Requirement } from '../requirement/requirement.ts';
import {
  errorHandlerPlace,
  lastHandler,
  type Neighbour,
  type WrongPlace,
} from './error-handler-place.ts';
import { type Check, checkInWords, checkOf, mayCallGuards, skipsRoute } from './route-check.ts';
import type { Placed, RouteLayer } from './route-layer.ts';
import { pathOf, pathText } from './route-path.ts';
import { evasions, runsBefore } from './runs-before.ts';

/** What a route needs of its caller, as far as its framework keeps it. */
export interface RouteDescription {
  /** In upper case; `*` for every method. */
  readonly method: string;
  /** The whole path as the framework writes it: `/users/:id`. `undefined` when it is not known. */
  readonly path: string | undefined;
  /** What every request to the route, as its path is written, must meet: the outermost guard's first. */
  readonly requirements: readonly Requirement[];
  /** Whether `authenticate` runs before it, and before its guards. */
  readonly authenticated: boolean;
  /** Whether anonymous requests get through: authentication is optional, and no guard follows. */
  readonly optional: boolean;
  /**
   * The schemes under which tokens are accepted there (RFC 6750, RFC 9449): those of every
   * `authenticate`. A description made by hand may leave it out: Bearer.
   */
  readonly schemes?: readonly Scheme[];
  /**
   * `true` where tokens are accepted only with the client certificate that they are bound to (RFC 8705), left out
   * elsewhere.
   */
  readonly needsCertificate?: true;
  /**
   * Set where `authErrorHandler()` is on the wrong side of the route: errors that the route throws never reach it. Left
   * out elsewhere, also where there is no `authErrorHandler()`, and at a route that may take every path.
   */
  readonly errorHandler?: WrongPlace;
  /** What could not be found out, in words. Empty when the description is complete. */
  readonly unknown: readonly string[];
  /** Where a request can get past a guard, in words. Check each of these. */
  readonly warnings: readonly string[];
}

/** Options of an adapter's `describeRequirements`. */
export interface DescribeOptions {
  /** The path that the app or router is mounted at. Default `/`. */
  readonly base?: string;
  /** What runs before the app or router: `authenticate` and guards of the app that it is mounted in. */
  readonly before?: readonly object[];
  /**
   * Routes that are open on purpose, by path or method and path as they are described: `/livez`,
   * `GET /docs`. Functions that stand before them are then not taken for guards.
   */
  readonly open?: readonly string[];
}

const DESCRIBE_OPTIONS: OptionNames<DescribeOptions> = {
  base: mustBe.anyText("base: '/users'"),
  before: mustBe.aList('before: [auth]'),
  open: mustBe.listOfTexts("open: ['/livez', 'GET /docs']"),
};

/**
 * Says what each route needs, from the middleware that runs before it. A layer counts as a route when at least one of its
 * handlers is not a guard; a layer of guards only counts as middleware.
 *
 * It sees guards and `authenticate` that are middleware themselves, not those that another function calls.
 * Where it cannot tell whether one of them runs before a route, it says so in `unknown`. This is also the case
 * where it saw none, and a function that it does not know may call one. It does not guess.
 */
export function describeRoutes(
  layers: Iterable<RouteLayer>,
  options: DescribeOptions = {},
): readonly RouteDescription[] {
  const {
    base = '/',
    before: around = [],
    open = [],
  } = checkOptions(
    'assertGuarded() or describeRequirements()',
    options,
    DESCRIBE_OPTIONS,
    "assertGuarded(app, { open: ['/livez'] })",
  );
  const before: Placed[] = [{ method: '*', path: pathOf([base]), end: false, handlers: around }];
  const all = Array.from(layers, (each) => ({ ...each, path: pathOf([base, ...each.path]) }));
  const routes: RouteDescription[] = [];
  for (const [index, layer] of all.entries()) {
    if (layer.unknown !== undefined || isRoute(layer)) {
      const after = all.slice(index + 1).filter((later) => !isRoute(later));
      routes.push(describe(layer, { before, after }, open));
    } else before.push(layer);
  }
  return routes;
}

function isRoute({ end, handlers }: Placed): boolean {
  return end && lastHandler(handlers) >= 0;
}

/** Whether a list of open routes, each a path or a method and a path, names a route. */
export function isListed(
  { method, path }: Pick<RouteDescription, 'method' | 'path'>,
  open: readonly string[],
): boolean {
  return path !== undefined && (open.includes(path) || open.includes(`${method} ${path}`));
}

/** The middleware around a route. */
interface Around {
  readonly before: readonly Placed[];
  readonly after: readonly Placed[];
}

function describe(
  route: Placed,
  { before, after }: Around,
  open: readonly string[],
): RouteDescription {
  const { method } = route;
  const path = pathText(route.path);
  const checks = new Map<object, Check>();
  const unknown = unknownOf(route);
  const warnings: string[] = [];
  const others: string[] = [];
  for (const step of before) {
    const runs = runsBefore(step, route);
    if (runs === 'no') continue;
    others.push(...othersAmong(step.handlers));
    for (const check of step.handlers.map(checkOf)) {
      if (check === undefined || checks.has(check.handler)) continue;
      const place = `${checkInWords(check)} at ${whereIs(step)}`;
      if (runs === 'maybe') unknown.push(`${place} may run before it`);
      else checks.set(check.handler, check);
      if (runs !== 'yes') continue;
      for (const what of evasions(step, route)) {
        warnings.push(`${place} does not run for the same path ${what}`);
      }
    }
  }
  const own = ownHandlers(route);
  others.push(...othersAmong(own));
  for (const check of own.flatMap((handler) => checkOf(handler) ?? [])) {
    checks.set(check.handler, check);
  }
  const all = [...checks.values()].filter((check) => {
    const skips = skipsRoute(check, method, path);
    if (skips === 'maybe') unknown.push('authenticate may skip it');
    return skips !== 'yes';
  });
  warnings.push(...skippedSpellings(all, route));
  const requirements = all.flatMap(({ requirement }) => requirement ?? []);
  const authentications = all.filter(({ requirement }) => requirement === undefined);
  // A guard that runs first fails every request: it finds no caller.
  const authenticated = authentications.length > 0 && all[0]?.requirement === undefined;
  const errorHandler = isCatchAll(route)
    ? undefined
    : errorHandlerPlace(
        route.handlers,
        before.map((step) => neighbour(step, route)),
        after.map((step) => neighbour(step, route)),
      );
  // `skip` names this route, so it is open on purpose.
  const isOpen = checks.size === 0 && !isListed({ method, path }, open);
  if (isOpen && others.length > 0) {
    const names = [...new Set(others)].join(', ');
    unknown.push(`no guard was seen before it, but these functions may call one: ${names}`);
  }
  return Object.freeze<RouteDescription>({
    method,
    path,
    requirements: Object.freeze(requirements),
    authenticated,
    optional:
      authenticated &&
      requirements.length === 0 &&
      authentications.every(({ optional }) => optional === true),
    schemes: Object.freeze(schemesOf(authentications)),
    ...(authentications.some((each) => each.needsCertificate) && { needsCertificate: true }),
    ...(errorHandler && { errorHandler }),
    unknown: Object.freeze([...new Set(unknown)]),
    warnings: Object.freeze(warnings),
  });
}

/** The beginning of a warning about the option `skip`. */
export const SKIPPED = 'authenticate is skipped for the same path';

/**
 * How a request reaches a route that only `authenticate` protects, while `skip` takes it for another. So it is where `skip`
 * says what is not public: `({ url }) => !url.startsWith('/api')`.
 */
function skippedSpellings(checks: readonly Check[], route: Placed): readonly string[] {
  const path = pathText(route.path);
  const isGuarded = checks.some(({ requirement }) => requirement !== undefined);
  if (path === undefined || checks.length === 0 || isGuarded) return [];
  const spellings = Object.entries({
    'with a query': `${path}?x`,
    'in absolute form': `http://localhost${path}`,
    ...(route.sensitive !== true && { 'in other capitals': path.toUpperCase() }),
    ...((route.endings?.includes('/') ?? true) && { 'with a slash at its end': `${path}/` }),
  });
  const skipped = spellings.filter(([, url]) =>
    checks.every((check) => skipsRoute(check, route.method, url) !== 'no'),
  );
  return skipped.map(([spelling]) => `${SKIPPED} ${spelling}`);
}

/** Every `authenticate` before the route must let the request pass, so the strictest one decides. */
function schemesOf(authentications: readonly Check[]): readonly Scheme[] {
  const [first = [], ...others] = authentications.map(({ schemes = ['bearer'] }) => schemes);
  return first.filter((scheme) => others.every((schemes) => schemes.includes(scheme)));
}

/** Whether a route may take what no other did: an application's own 404, or a page. These may well follow error handlers. */
function isCatchAll({ path }: Placed): boolean {
  const [first, ...others] = path;
  const isAny = first !== undefined && first.kind !== 'literal' && first.kind !== 'parameter';
  return isAny && others.length === 0;
}

/** Middleware as a neighbour of a route, if it answers errors. */
function neighbour(step: Placed, route: Placed): Neighbour {
  const { handlers, inside = [] } = step;
  const isAround = inside.every((router) => route.inside?.includes(router));
  return { handlers, runs: isAround ? runsBefore(step, route) : 'no' };
}

/** The handlers of a route before the one that answers. Those after it are not reached. */
function ownHandlers({ handlers }: Placed): readonly unknown[] {
  return handlers.slice(0, Math.max(lastHandler(handlers), 0));
}

/** The names of functions that are not our middleware: they may call a guard. */
function othersAmong(handlers: readonly unknown[]): readonly string[] {
  return handlers.filter(mayCallGuards).map(({ name }) => name || 'a function without a name');
}

function unknownOf({ path, unknown }: Placed): string[] {
  const parts = path.flatMap((segment) => (segment.kind === 'unknown' ? [segment.part.why] : []));
  return unknown === undefined ? parts : [...parts, unknown];
}

function whereIs({ path }: Placed): string {
  return pathText(path) ?? 'a path that is not known';
}
