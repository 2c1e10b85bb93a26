import { describe, expect, it } from 'vitest';
import { ConfigurationError } from '../../src/model/errors.ts';
import { scope } from '../../src/requirement/scope.ts';
import { assertGuardedRoutes } from '../../src/routes/assert-guarded-routes.ts';
import type { RouteDescription } from '../../src/routes/route-description.ts';

function aRoute(given: Partial<RouteDescription> = {}): RouteDescription {
  return {
    method: 'GET',
    path: '/a',
    requirements: [],
    authenticated: true,
    optional: false,
    unknown: [],
    warnings: [],
    ...given,
  };
}

const open = aRoute({ authenticated: false });

describe('assertGuardedRoutes', () => {
  it.each<readonly [string, RouteDescription]>([
    ['authenticated', aRoute()],
    ['guarded', aRoute({ requirements: [scope('a')] })],
    [
      'guarded, where something not known may authenticate',
      aRoute({ authenticated: false, requirements: [scope('a')], unknown: ['x'] }),
    ],
    ['authenticated, whatever else is not known', aRoute({ path: undefined, unknown: ['x'] })],
  ])('accepts a route that is %s', (_, route) => {
    expect(() => assertGuardedRoutes([route])).not.toThrow();
  });

  it.each<readonly [string, RouteDescription, string]>([
    ['open', open, '- GET /a: no guard runs before it for sure. Write app.use(authenticate('],
    ['optional', aRoute({ optional: true }), '- GET /a: authentication is optional there'],
    [
      'guarded without authenticate',
      aRoute({ authenticated: false, requirements: [scope('a')] }),
      '- GET /a: a guard runs and no authenticate before it, so that every request fails (500). Write',
    ],
    [
      'perhaps guarded',
      aRoute({ authenticated: false, unknown: ['authenticate at /:x may run before it'] }),
      'for sure; authenticate at /:x may run before it. Write',
    ],
    [
      'somewhere',
      aRoute({ authenticated: false, path: undefined }),
      'check the router that has it by itself',
    ],
    [
      'evaded',
      aRoute({ warnings: ['in capitals'] }),
      '- GET /a: in capitals. Put it on the app, or make the router with sensitive: true',
    ],
  ])('refuses a route that is %s, and says what to write', (_, route, line) => {
    expect(() => assertGuardedRoutes([aRoute(), route])).toThrow(ConfigurationError);
    expect(() => assertGuardedRoutes([aRoute(), route])).toThrow(line);
  });

  it('names every fault', () => {
    const evaded = aRoute({ authenticated: false, path: '/b', warnings: ['w1', 'w2'] });
    try {
      assertGuardedRoutes([open, aRoute(), evaded]);
      expect.unreachable();
    } catch (error) {
      expect(String(error).match(/^- GET \/\w/gm)).toEqual([
        '- GET /a',
        '- GET /b',
        '- GET /b',
        '- GET /b',
      ]);
    }
  });

  it('accepts routes that are listed as open, by path or by method and path', () => {
    const write = aRoute({ ...open, method: 'POST' });
    expect(() => assertGuardedRoutes([open, write], ['/a'])).not.toThrow();
    expect(() => assertGuardedRoutes([open], ['GET /a'])).not.toThrow();
    expect(() => assertGuardedRoutes([open, write], ['GET /a'])).toThrow('- POST /a');
    const evaded = aRoute({ ...open, warnings: ['in capitals'] });
    expect(() => assertGuardedRoutes([evaded], ['/a'])).toThrow('in capitals');
  });

  it('refuses to check nothing: an empty list of routes, and an open path without a route', () => {
    expect(() => assertGuardedRoutes([])).toThrow('found no route');
    expect(() => assertGuardedRoutes([aRoute()], ['/b'])).toThrow('open lists "/b"');
  });
});
