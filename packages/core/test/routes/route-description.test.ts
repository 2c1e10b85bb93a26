import { describe, expect, it } from 'vitest';
import type { Requirement } from '../../src/requirement/requirement.ts';
import { scope } from '../../src/requirement/scope.ts';
import { neutralMiddleware } from '../../src/routes/route-check.ts';
import { describeRoutes } from '../../src/routes/route-description.ts';
import type { RouteLayer } from '../../src/routes/route-layer.ts';

const handler = () => undefined;
const guard = (requirement: Requirement) => Object.assign(() => undefined, { requirement });
const authenticate = Object.assign(() => undefined, { resourceServer: {}, optional: false });
const optional = Object.assign(() => undefined, { resourceServer: {}, optional: true });

function aLayer(given: Partial<RouteLayer> = {}): RouteLayer {
  return { method: 'GET', path: ['/a'], end: true, handlers: [handler], ...given };
}

function middleware(...handlers: readonly unknown[]): RouteLayer {
  return aLayer({ method: '*', path: ['/'], end: false, handlers });
}

describe('describeRoutes', () => {
  it('gives each route its path below base, and the checks that run before it', () => {
    const [route] = describeRoutes([aLayer({ path: ['/users', '/:id'] })], {
      base: '/api',
      before: [authenticate],
    });
    expect(route).toMatchObject({ path: '/api/users/:id', authenticated: true, unknown: [] });
  });

  it('takes an empty base for none, as a prefix that is not set is written', () => {
    const layers = [middleware(authenticate), aLayer({ path: ['/users'] })];
    expect(describeRoutes(layers, { base: '' })).toEqual(describeRoutes(layers));
  });

  it('gives an empty list if there are no routes', () => {
    expect(describeRoutes([])).toEqual([]);
    expect(describeRoutes([middleware(authenticate, handler)])).toEqual([]);
  });

  it('reports a function that may call a guard if no guard was seen, unless the route is listed as open', () => {
    const named = () => undefined;
    const layers = [
      middleware(
        named,
        () => undefined,
        neutralMiddleware(() => undefined),
      ),
      aLayer(),
    ];
    const maybe =
      'no guard was seen before it, but these functions may call one: named, a function without a name';
    const unknown = (...all: Parameters<typeof describeRoutes>) =>
      describeRoutes(...all).map((route) => route.unknown);
    expect(unknown(layers)).toEqual([[maybe]]);
    expect(unknown(layers, { open: ['/b'] })).toEqual([[maybe]]);
    for (const open of ['/a', 'GET /a']) expect(unknown(layers, { open: [open] })).toEqual([[]]);
    for (const seen of [authenticate, optional, guard(scope('a'))]) {
      expect(unknown([middleware(named, seen), aLayer()])).toEqual([[]]);
    }
  });

  it('calls skip for each route: open if it says yes, uncertain if it cannot tell', () => {
    const skip = ({ url }: { readonly url: string }) => url === '/a';
    const skipping = Object.assign(() => undefined, { resourceServer: {}, optional: false, skip });
    const before = middleware(skipping, handler);
    const routes = [aLayer(), aLayer({ path: ['/b'] }), aLayer({ path: [{ why: 'who knows' }] })];
    expect(describeRoutes([before, ...routes])).toMatchObject([
      { authenticated: false, optional: false, unknown: [] },
      { authenticated: true, unknown: [] },
      { authenticated: true, unknown: ['who knows', 'authenticate may skip it'] },
    ]);
  });

  it('describes a route that nothing guards', () => {
    expect(describeRoutes([aLayer()])).toEqual([
      {
        method: 'GET',
        path: '/a',
        requirements: [],
        authenticated: false,
        optional: false,
        schemes: [],
        unknown: [],
        warnings: [],
      },
    ]);
  });

  it('does not count an authenticate that comes after a guard, since every request fails at the guard', () => {
    const read = guard(scope('read'));
    const after = [middleware(read), middleware(authenticate), aLayer()];
    expect(describeRoutes(after)[0]).toMatchObject({
      authenticated: false,
      requirements: [read.requirement],
    });
    const own = aLayer({ handlers: [read, authenticate, handler] });
    expect(describeRoutes([own])[0]).toMatchObject({ authenticated: false });
    for (const before of [
      [middleware(authenticate), middleware(read), aLayer()],
      [aLayer({ handlers: [authenticate, read, authenticate, handler] })],
    ]) {
      expect(describeRoutes(before)[0]).toMatchObject({ authenticated: true });
    }
  });

  it('recognizes guards only by valid members', () => {
    const impostors = [
      { requirement: scope('a') },
      Object.assign(() => undefined, { requirement: 'scope a' }),
      Object.assign(() => undefined, { requirement: null }),
      'guard',
      undefined,
    ];
    const [route] = describeRoutes([aLayer({ handlers: [...impostors, handler] })]);
    expect(route?.requirements).toEqual([]);
  });

  it.each([
    [[authenticate], true, false],
    [[optional], true, true],
    [[optional, authenticate], true, false],
    [[optional, guard(scope('a'))], true, false],
    [[guard(scope('a'))], false, false],
  ])(
    'says whether authentication is needed or optional: case %#',
    (handlers, authenticated, isOptional) => {
      const [route] = describeRoutes([middleware(...handlers), aLayer()]);
      expect(route).toMatchObject({ authenticated, optional: isOptional });
    },
  );

  it.each([
    ['GET', 'GET', 1, 0],
    ['GET', 'HEAD', 1, 0],
    ['HEAD', 'GET', 0, 0],
    ['GET', 'POST', 0, 0],
    ['*', 'POST', 1, 0],
    ['GET', '*', 0, 1],
  ])(
    'guards for %s before a route for %s: %i sure, %i perhaps',
    (before, method, sure, perhaps) => {
      const guards = aLayer({ method: before, handlers: [guard(scope('a'))] });
      const [route] = describeRoutes([guards, aLayer({ method })]);
      expect(route?.requirements).toHaveLength(sure);
      expect(route?.unknown).toHaveLength(perhaps);
    },
  );

  it('middleware of a router counts only for its routes', () => {
    const [router, other] = [{}, {}];
    const inner = { ...middleware(guard(scope('a'))), within: router };
    const routes = describeRoutes([
      inner,
      aLayer({ within: router }),
      aLayer({ within: other }),
      aLayer(),
    ]);
    expect(routes.map(({ requirements }) => requirements.length)).toEqual([1, 0, 0]);
  });

  it('warns if a guard distinguishes upper and lower case and the route does not', () => {
    const layers = (stepSensitive?: boolean, routeSensitive?: boolean, path = '/a') => [
      { ...middleware(guard(scope('s'))), path: [path], ...flag(stepSensitive) },
      aLayer({ path: [`${path}/b`], ...flag(routeSensitive) }),
    ];
    const warnings = (...args: Parameters<typeof layers>) =>
      describeRoutes(layers(...args)).map((route) => route.warnings.length);
    expect(warnings(true, false)).toEqual([1]);
    expect(warnings(true, false, '/1')).toEqual([0]);
    expect(warnings(true, true)).toEqual([0]);
    expect(warnings(false, false)).toEqual([0]);
    expect(warnings(undefined, undefined)).toEqual([0]);
  });

  it('lists what it cannot look into, and says so', () => {
    const [route] = describeRoutes([
      middleware(authenticate),
      aLayer({ method: '*', end: false, handlers: [], unknown: 'an app' }),
    ]);
    expect(route).toMatchObject({
      method: '*',
      path: '/a',
      authenticated: true,
      unknown: ['an app'],
    });
  });
});

function flag(sensitive: boolean | undefined): { sensitive?: boolean } {
  return sensitive === undefined ? {} : { sensitive };
}

describe('certificates', () => {
  const authenticate = (resourceServer: object) =>
    Object.assign(() => undefined, { resourceServer });
  const described = (...servers: object[]) =>
    describeRoutes([aLayer({ handlers: [...servers.map(authenticate), handler] })])[0];

  it('are needed if one authenticate refuses requests without one', () => {
    const [needs, needsNot] = [{ needsCertificate: true }, { needsCertificate: false }];
    expect(described(needs)?.needsCertificate).toBe(true);
    expect(described(needsNot, needs)?.needsCertificate).toBe(true);
    for (const server of [needsNot, {}, { needsCertificate: 'yes' }]) {
      expect(described(server)).not.toHaveProperty('needsCertificate');
    }
    expect(described()).not.toHaveProperty('needsCertificate');
  });
});

describe('schemes', () => {
  const authenticate = (schemes: unknown) =>
    Object.assign(() => undefined, { resourceServer: schemes === undefined ? {} : { schemes } });
  const schemesOf = (...each: unknown[]) =>
    describeRoutes([aLayer({ handlers: [...each.map(authenticate), handler] })])[0]?.schemes;

  it('are those of the resource server, or those that all resource servers have in common', () => {
    expect(schemesOf(['bearer', 'dpop'])).toEqual(['bearer', 'dpop']);
    expect(schemesOf(['bearer', 'dpop'], ['dpop'])).toEqual(['dpop']);
    expect(schemesOf(['dpop'], ['bearer', 'dpop'])).toEqual(['dpop']);
    expect(schemesOf(['bearer'], ['dpop'])).toEqual([]);
  });

  it('are Bearer for a server that does not name any; unknown schemes are ignored', () => {
    expect(schemesOf(undefined)).toEqual(['bearer']);
    expect(schemesOf('dpop')).toEqual(['bearer']);
    expect(schemesOf(['gnap', 'dpop'])).toEqual(['dpop']);
    expect(schemesOf()).toEqual([]);
  });
});
