import { assertGuardedRoutes, type DescribeOptions } from '@authly/core/adapter';
import { describeRequirements } from './describe-requirements.ts';

/**
 * Checks at start-up, once all routes are added, that no request reaches a route of an app or a router
 * past its guards: `assertGuarded(app, { open: ['/livez'] })`. Throws `ConfigurationError`, which names
 * each such route and what to write, for
 * - a route that lets anonymous requests through and is not listed in `open`: no `authenticate` and no
 *   guard was seen before it, or authentication is optional or skipped there;
 * - a guard that can be evaded by upper and lower case in the path, or by a slash at its end;
 * - a guard of a route without `authenticate` before it;
 * - `authErrorHandler()` before the route, where Express never calls it for its errors;
 * - a name in `open` that is not a route, and an app without routes.
 *
 * It sees the same as `describeRequirements`: not the routes of mounted apps, and not guards that another
 * function calls. Check a mounted app separately, with `base` and `before`, and list its path in `open`.
 */
export function assertGuarded(appOrRouter: object, options?: DescribeOptions): void {
  assertGuardedRoutes(describeRequirements(appOrRouter, options), options?.open);
}
