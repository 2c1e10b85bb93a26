import { assertGuardedRoutes, type DescribeOptions } from '@authly/core/adapter';
import { describeRequirements } from './describe-requirements.ts';

/**
 * Checks at start-up, once all routes are added, that no request reaches a route of an app or a router of
 * `@koa/router` past its guards: `assertGuarded(app, { open: ['/livez'] })`. Throws
 * `ConfigurationError`, which names each such route and what to write, for
 * - a guard, or `authenticate`, that can be evaded by a slash at the end of the path, or by upper and lower case in it: `router.use` of a router with a
 *   prefix and without `sensitive: true`;
 * - a route that lets anonymous requests through and is not listed in `open`: no `authenticate` and no
 *   guard was seen before it, or authentication is optional or skipped there;
 * - a guard of a route without `authenticate` before it;
 * - `authErrorHandler()` after the route, where its errors never reach it;
 * - a name in `open` that is not a route, and an app without routes.
 *
 * It sees the same as `describeRequirements`: not what is mounted with `koa-mount` or joined with
 * `koa-compose`, and not guards that another function calls. Check a mounted app separately, with `base` and
 * `before`.
 */
export function assertGuarded(appOrRouter: object, options?: DescribeOptions): void {
  assertGuardedRoutes(describeRequirements(appOrRouter, options), options?.open);
}
