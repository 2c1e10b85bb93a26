import { ConfigurationError } from '../model/errors.ts';
import type { WrongPlace } from './error-handler-place.ts';
import { isListed, type RouteDescription, SKIPPED } from './route-description.ts';
import { BY_SLASHES } from './runs-before.ts';

/**
 * Checks at start-up that no request reaches a route past its guards. Throws `ConfigurationError`, which
 * names every such route and what to write, when
 * - a guard or `authenticate` can be evaded by upper and lower case in the path, or by a slash at its end;
 * - `skip` lets a request pass for another spelling of the path, and no guard follows;
 * - a route that is not listed in `open` lets anonymous requests through: no `authenticate` and no guard
 *   was seen before it, or authentication is optional or skipped there;
 * - a guard of a route runs without `authenticate` before it, and would fail every request;
 * - `authErrorHandler()` is on the wrong side of a route that is not open, and never answers its errors;
 * - `open` lists a route that does not exist, or there are no routes at all, so that nothing would be checked.
 *
 * It sees the same as `describeRequirements`, and no more. It does not check what guards ask for.
 */
export function assertGuardedRoutes(
  routes: readonly RouteDescription[],
  open: readonly string[] = [],
): void {
  if (routes.length === 0) {
    throw new ConfigurationError(
      'assertGuarded() found no route. Write assertGuarded(app) after the routes are added, ' +
        'or give it the router that has them',
    );
  }
  const stale = open.find((name) => !routes.some((route) => isListed(route, [name])));
  if (stale !== undefined) {
    throw new ConfigurationError(
      `assertGuarded(): open lists ${JSON.stringify(stale)}, and there is no such route. ` +
        "Write a path as describeRequirements gives it: open: ['/livez', 'GET /docs']",
    );
  }
  const faults = routes.flatMap((route) => faultsOf(route, open));
  if (faults.length === 0) return;
  throw new ConfigurationError(
    `assertGuarded() found routes that are not guarded as they should be:\n${faults.join('\n')}`,
  );
}

const EVASION_REMEDY =
  'Put it on the app, or make the router with sensitive: true (@koa/router) or caseSensitive: true (Express)';
const SLASH_REMEDY =
  'Put it on the app, or in the same router as the route, with the same slash at the end of its path';

const SKIP_REMEDY =
  "Let skip say what is public, and compare the whole url. Write: skip: ({ url }) => url === '/livez'";

const BROKEN =
  'a guard runs and no authenticate before it, so that every request fails (500). Write app.use(authenticate({ … })) ' +
  'before it, or name the one of the app around it: assertGuarded(router, { before: [auth] })';

const ERROR_HANDLER_REMEDY: Readonly<Record<WrongPlace, string>> = {
  before_the_route:
    'authErrorHandler() comes before it, and Express never calls it for errors of what follows. ' +
    'Write app.use(authErrorHandler()) after the routes',
  after_the_route:
    'authErrorHandler() comes after it, and errors of what is before never reach it. ' +
    'Write app.use(authErrorHandler()) before the routes',
};

function faultsOf(route: RouteDescription, open: readonly string[]): readonly string[] {
  const { method, path, warnings, errorHandler } = route;
  const name = `- ${method} ${path ?? '(a path that is not known)'}`;
  const evaded = warnings.map((warning) => `${name}: ${warning}. ${remedyAgainst(warning)}`);
  if (isListed(route, open)) return evaded;
  if (isOpen(route)) return [...evaded, `${name}: ${whyOpen(route)}. ${remedyFor(route)}`];
  const broken = isBroken(route) ? [`${name}: ${BROKEN}`] : [];
  const unanswered = errorHandler ? [`${name}: ${ERROR_HANDLER_REMEDY[errorHandler]}`] : [];
  return [...evaded, ...broken, ...unanswered];
}

function remedyAgainst(warning: string): string {
  if (warning.startsWith(SKIPPED)) return SKIP_REMEDY;
  return warning.endsWith(BY_SLASHES) ? SLASH_REMEDY : EVASION_REMEDY;
}

function isOpen({ authenticated, optional, requirements }: RouteDescription): boolean {
  return optional || (!authenticated && requirements.length === 0);
}

// Where something is not known, that may be what authenticates.
function isBroken({ authenticated, requirements, unknown }: RouteDescription): boolean {
  return !authenticated && requirements.length > 0 && unknown.length === 0;
}

function whyOpen({ optional, unknown }: RouteDescription): string {
  if (optional) return 'authentication is optional there, and no guard follows';
  return ['no guard runs before it for sure', ...unknown].join('; ');
}

function remedyFor({ path }: RouteDescription): string {
  const guard = 'Write app.use(authenticate({ … })) before it';
  return path === undefined
    ? `${guard}, or check the router that has it by itself: assertGuarded(router, { base, before })`
    : `${guard}, or assertGuarded(app, { open: [${JSON.stringify(path)}] }) when it is public`;
}
