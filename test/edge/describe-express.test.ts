import type { RequestView } from '@authly/core';
import {
  assertGuarded,
  authErrorHandler,
  authenticate,
  authorize,
  claim,
  describeRequirements,
  requireRole,
  requireScope,
  requireUser,
  userOf,
} from '@authly/express';
import express5, { type ErrorRequestHandler, type RequestHandler } from 'express';
import express4 from 'express4';
import supertest from 'supertest';
import { describe, expect, it } from 'vitest';
import { aResourceServer } from '../support/resource-servers.ts';
import { aClientToken } from '../support/tokens.ts';
import { linesOf } from './route-lines.ts';

const handler: RequestHandler = (_request, response) => {
  response.end();
};
const authentication = authenticate(aResourceServer());
const optional = authenticate(aResourceServer(), { optional: true });

describe.each([
  { name: 'Express 4', express: express4, keepsMounts: false },
  { name: 'Express 5', express: express5, keepsMounts: true },
])('describeRequirements in $name', ({ express, keepsMounts }) => {
  const NOT_KEPT = 'this version of Express does not keep the path of a mount';

  it('says of each route what guards and authenticate before it need, outermost first', () => {
    const app = express();
    app.get('/health', handler);
    app.use(authentication);
    app.use(requireScope('api'));
    app.get('/users/:id', requireScope('read:users'), handler);
    app.post('/users', requireScope('write:users'), requireUser(), handler);
    expect(linesOf(describeRequirements(app))).toEqual([
      'GET | /health | open | -',
      'GET | /users/:id | authenticated | scope api + scope read:users',
      'POST | /users | authenticated | scope api + scope write:users + user',
    ]);
  });

  it('counts guards of a route before its last handler, once each', () => {
    const once = requireScope('a');
    const app = express();
    app.use(authentication, once);
    app.get('/', once, handler, requireRole('b'), handler, requireRole('unreached'));
    expect(linesOf(describeRequirements(app))).toEqual([
      'GET | / | authenticated | scope a + role b',
    ]);
  });

  it('lists the methods of one route separately, and a route for every method as *', () => {
    const app = express();
    app.route('/x').all(requireScope('all')).get(requireScope('get'), handler).post(handler);
    app.all('/y', requireScope('y'), handler);
    app.head('/z', handler);
    expect(linesOf(describeRequirements(app))).toEqual([
      'GET | /x | open | scope all + scope get',
      'POST | /x | open | scope all',
      '* | /y | open | scope y',
      'HEAD | /z | open | -',
    ]);
  });

  it('treats a route with guards only as middleware of its path', () => {
    const app = express();
    app.all('/users/:id', authentication, requireScope('users'));
    app.get('/users/:id', handler);
    app.get('/users/me', handler);
    app.get('/:what/me', handler);
    app.get('/users', handler);
    expect(linesOf(describeRequirements(app))).toEqual([
      'GET | /users/:id | authenticated | scope users',
      'GET | /users/me | authenticated | scope users',
      'GET | /:what/me | open | - | authenticate at /users/:id may run before it | a guard (scope users) at /users/:id may run before it',
      'GET | /users | open | -',
    ]);
  });

  it('warns of a guard that a path in another case evades, by the setting of its router', async () => {
    const build = (caseSensitive: boolean) => {
      const guards = express.Router({ caseSensitive });
      // A route of guards alone: Express 4 keeps the paths of these.
      guards.all('/admin/:what', authentication, requireRole('admin'));
      const app = express();
      app.use(guards);
      app.get('/admin/:what', handler);
      return app;
    };
    expect((await supertest(build(true)).get('/ADMIN/x')).status).toBe(200);
    const evaded = (check: string) =>
      `${check} at /admin/:what does not run for the same path in other capitals`;
    expect(linesOf(describeRequirements(build(true)))).toEqual([
      `GET | /admin/:what | authenticated | role admin | ${evaded('authenticate')} | ${evaded('a guard (role admin)')}`,
    ]);
    expect((await supertest(build(false)).get('/ADMIN/x')).status).toBe(401);
    expect(linesOf(describeRequirements(build(false)))).toEqual([
      'GET | /admin/:what | authenticated | role admin',
    ]);
  });

  it('gives no warning if the route is case sensitive, too', async () => {
    const app = express();
    app.set('case sensitive routing', true);
    app.all('/admin/:what', authentication);
    app.get('/admin/:what', handler);
    expect((await supertest(app).get('/ADMIN/x')).status).toBe(404);
    expect(linesOf(describeRequirements(app))).toEqual(['GET | /admin/:what | authenticated | -']);
  });

  it('warns of a guard that a path with another slash at its end evades', async () => {
    const evaded =
      'authenticate at /admin does not run for the same path with more or fewer slashes at its end';
    const guards = express.Router({ strict: true });
    guards.all('/admin', authentication);
    const app = express();
    app.use(guards);
    app.get('/admin', handler);
    expect((await supertest(app).get('/admin')).status).toBe(401);
    expect((await supertest(app).get('/admin/')).status).toBe(200);
    expect(linesOf(describeRequirements(app))).toEqual([
      `GET | /admin | authenticated | - | ${evaded}`,
    ]);
    expect(() => assertGuarded(app)).toThrow(/with the same slash at the end of its path$/);

    const outer = express();
    outer.all('/admin', authentication);
    const router = express.Router();
    router.get('/', handler);
    outer.use('/admin', router);
    expect((await supertest(outer).get('/admin/')).status).toBe(401);
    expect((await supertest(outer).get('/admin//')).status).toBe(200);
    if (keepsMounts) {
      expect(linesOf(describeRequirements(outer))).toEqual([
        `GET | /admin | authenticated | - | ${evaded}`,
      ]);
    }
    expect(() => assertGuarded(outer)).toThrow('not guarded as they should be');
  });

  it('tells paths apart by the slash at their end where the setting says so', async () => {
    const build = (strict: boolean, guarded: string, route: string) => {
      const app = express();
      app.set('strict routing', strict);
      app.all(guarded, authentication);
      app.get(route, handler);
      return app;
    };
    for (const [guarded, route] of [
      ['/admin', '/admin/'],
      ['/admin/', '/admin'],
    ] as const) {
      const strict = build(true, guarded, route);
      expect((await supertest(strict).get(route)).status).toBe(200);
      expect(() => assertGuarded(strict)).toThrow('no guard runs before it for sure');
      const loose = build(false, guarded, route);
      for (const path of [guarded, route]) {
        expect((await supertest(loose).get(path)).status).toBe(401);
      }
      assertGuarded(loose);
      assertGuarded(build(true, route, route));
    }
  });

  it('ignores guards that are added after a route', () => {
    const app = express();
    app.get('/', handler);
    app.use(authentication, requireScope('late'));
    expect(linesOf(describeRequirements(app))).toEqual(['GET | / | open | -']);
  });

  it('optional authentication stays optional until a guard or another authenticate', () => {
    const app = express();
    app.use(optional);
    app.get('/articles', handler);
    app.get('/drafts', requireUser(), handler);
    app.get('/me', authentication, handler);
    expect(linesOf(describeRequirements(app))).toEqual([
      'GET | /articles | optional | -',
      'GET | /drafts | authenticated | user',
      'GET | /me | authenticated | -',
    ]);
  });

  it('includes routers at the root, whose middleware also runs for later routes', () => {
    const app = express();
    const router = express.Router();
    router.use(authentication, requireScope('inner'));
    router.get('/in', handler);
    app.use(router);
    app.get('/after', handler);
    expect(linesOf(describeRequirements(app))).toEqual([
      'GET | /in | authenticated | scope inner',
      'GET | /after | authenticated | scope inner',
    ]);
  });

  it('keeps the path of nested routers if the framework does, and says so if not', () => {
    const app = express();
    const users = express.Router();
    const posts = express.Router();
    app.use(authentication);
    posts.use(requireScope('posts'));
    posts.get('/:post', handler);
    users.use('/:id/posts', posts);
    users.get('/', requireScope('users'), handler);
    app.use('/users', users);
    expect(linesOf(describeRequirements(app))).toEqual(
      keepsMounts
        ? [
            'GET | /users/:id/posts/:post | authenticated | scope posts',
            'GET | /users | authenticated | scope users',
          ]
        : [
            `GET | ? | authenticated | scope posts | ${NOT_KEPT}`,
            `GET | ? | authenticated | scope users | ${NOT_KEPT} | a guard (scope posts) at a path that is not known may run before it`,
          ],
    );
  });

  it('guards at a path count for the routes below it', () => {
    const app = express();
    app.use(authentication);
    app.use('/admin', requireRole('admin'));
    app.get('/admin', handler);
    app.get('/admin/x', handler);
    app.get('/administrator', handler);
    app.get('/Admin/x', handler);
    app.get('/:section/x', handler);
    app.get('/', handler);
    const maybe = `a guard (role admin) at ${keepsMounts ? '/admin' : 'a path that is not known'} may run before it`;
    const known = (line: string) =>
      keepsMounts ? line : line.replace(/role admin$/, `- | ${maybe}`);
    const open = (line: string) => (keepsMounts ? line : `${line} | ${maybe}`);
    expect(linesOf(describeRequirements(app))).toEqual([
      known('GET | /admin | authenticated | role admin'),
      known('GET | /admin/x | authenticated | role admin'),
      open('GET | /administrator | authenticated | -'),
      `GET | /Admin/x | authenticated | - | ${maybe}`,
      `GET | /:section/x | authenticated | - | ${maybe}`,
      open('GET | / | authenticated | -'),
    ]);
  });

  it('lists each path of a route with several', () => {
    const app = express();
    app.get(['/a', '/b/:id'], requireScope('s'), handler);
    expect(linesOf(describeRequirements(app))).toEqual([
      'GET | /a | open | scope s',
      'GET | /b/:id | open | scope s',
    ]);
  });

  it('reports a path that is a regular expression, as route and as mount', () => {
    const app = express();
    app.use(authentication);
    app.use(/^\/(?:a|b)/, requireScope('ab'));
    app.get(/^\/c$/, requireScope('c'), handler);
    app.get('/d', handler);
    const maybe = 'a guard (scope ab) at a path that is not known may run before it';
    expect(linesOf(describeRequirements(app))).toEqual([
      `GET | ? | authenticated | scope c | the path is a regular expression, /^\\/c$/ | ${maybe}`,
      `GET | /d | authenticated | - | ${maybe}`,
    ]);
  });

  it('reports an app that is mounted, and does not look through it', () => {
    const app = express();
    const inner = express();
    inner.get('/x', handler);
    app.use(authentication);
    app.use('/inner', inner);
    const [route, ...others] = describeRequirements(app);
    expect(others).toEqual([]);
    expect(route).toMatchObject({ method: '*', path: keepsMounts ? '/inner' : undefined });
    expect(route?.unknown.at(-1)).toBe('an app is mounted here: describe it by itself, with base');
    const described = describeRequirements(inner, { base: '/inner', before: [authentication] });
    expect(linesOf(described)).toEqual(['GET | /inner/x | authenticated | -']);
  });

  it('reports a function that may call a guard, because it cannot see that guard', () => {
    const app = express();
    const guard = requireScope('hidden');
    const wrapper: RequestHandler = (request, response, next) => guard(request, response, next);
    const before: RequestHandler = (request, response, next) =>
      authentication(request, response, next);
    app.get('/', wrapper, handler);
    app.get('/a', requireScope('a'), wrapper, handler);
    app.use(before);
    app.use((_error: unknown, _request: unknown, _response: unknown, next: () => void) => next());
    app.get('/b', wrapper, handler);
    const maybe = 'no guard was seen before it, but these functions may call one';
    const lines = [
      `GET | / | open | - | ${maybe}: wrapper`,
      'GET | /a | open | scope a',
      `GET | /b | open | - | ${maybe}: before, wrapper`,
    ];
    expect(linesOf(describeRequirements(app))).toEqual(lines);
    const [, second, third] = lines;
    expect(linesOf(describeRequirements(app, { open: ['/'] }))).toEqual([
      'GET | / | open | -',
      second,
      third,
    ]);
  });

  it('reports a route that skip leaves open, and one that skip may leave open', () => {
    const skip = ({ method, url }: RequestView) => method === 'GET' && url === '/livez';
    const app = express();
    app.use(authenticate(aResourceServer(), { skip }));
    app.get('/livez', handler);
    app.post('/livez', handler);
    app.get('/users/:id', handler);
    app.all('/all', handler);
    app.get(/^\/x/, handler);
    expect(linesOf(describeRequirements(app))).toEqual([
      'GET | /livez | open | -',
      'POST | /livez | authenticated | -',
      'GET | /users/:id | authenticated | -',
      '* | /all | authenticated | -',
      'GET | ? | authenticated | - | the path is a regular expression, /^\\/x/ | authenticate may skip it',
    ]);
    expect(() => assertGuarded(app)).toThrow('- GET /livez: no guard runs before it for sure');
    assertGuarded(app, { open: ['GET /livez'] });
  });

  it('warns of a skip that takes another spelling of a path for another path', async () => {
    const said = (skip: (view: RequestView) => boolean, sensitive = false) => {
      const app = express();
      app.set('case sensitive routing', sensitive);
      app.use(authenticate(aResourceServer(), { skip }));
      app.get('/api/orders', handler);
      app.get('/api/users', requireUser(), handler);
      return app;
    };
    const unlessApi = said(({ url }) => !url.startsWith('/api'));
    for (const path of ['/API/orders', '/api/orders']) {
      const isOther = path === '/API/orders';
      expect((await supertest(unlessApi).get(path)).status).toBe(isOther ? 200 : 401);
    }
    // Guards refuse those who were let in as anonymous.
    expect((await supertest(unlessApi).get('/API/users')).status).toBe(401);
    const skipped = (how: string) => `authenticate is skipped for the same path ${how}`;
    expect(linesOf(describeRequirements(unlessApi))).toEqual([
      `GET | /api/orders | authenticated | - | ${skipped('in absolute form')} | ${skipped('in other capitals')}`,
      'GET | /api/users | authenticated | user',
    ]);
    expect(() => assertGuarded(unlessApi)).toThrow("skip: ({ url }) => url === '/livez'");
    const unlessOrders = said(({ url }) => url !== '/api/orders', true);
    expect((await supertest(unlessOrders).get('/api/orders?x')).status).toBe(200);
    expect((await supertest(unlessOrders).get('/api/orders/')).status).toBe(200);
    expect(linesOf(describeRequirements(unlessOrders))[0]).toBe(
      `GET | /api/orders | authenticated | - | ${skipped('with a query')} | ${skipped('in absolute form')} | ${skipped('with a slash at its end')}`,
    );
    assertGuarded(said(({ url }) => url === '/livez' || url.startsWith('/public/')));
  });

  it('assertGuarded names the routes that anonymous requests reach, and what to write', () => {
    const app = express();
    app.get('/livez', handler);
    app.use(optional);
    app.get('/articles', handler);
    app.get('/drafts', requireUser(), handler);
    const faults = (options?: { readonly open: readonly string[] }) => {
      try {
        assertGuarded(app, options);
        return [];
      } catch (error) {
        return String(error).match(/^- .*$/gm);
      }
    };
    const articles =
      '- GET /articles: authentication is optional there, and no guard follows. Write app.use(authenticate({ … })) before it, or assertGuarded(app, { open: ["/articles"] }) when it is public';
    expect(faults()).toEqual([
      '- GET /livez: no guard runs before it for sure. Write app.use(authenticate({ … })) before it, or assertGuarded(app, { open: ["/livez"] }) when it is public',
      articles,
    ]);
    expect(faults({ open: ['/livez'] })).toEqual([articles]);
    expect(faults({ open: ['/livez', '/articles'] })).toEqual([]);
  });

  it('assertGuarded finds an authErrorHandler that comes before the routes, where Express never calls it', async () => {
    const throwing: RequestHandler = (request) => {
      userOf(request);
    };
    const build = (...order: readonly ('handler' | 'route')[]) => {
      const app = express();
      app.use(authentication);
      for (const each of order) {
        if (each === 'handler') app.use(authErrorHandler());
        else app.get('/me', throwing);
      }
      // Else Express prints the error.
      const silent: ErrorRequestHandler = (_error, _request, response, _next) => {
        response.status(418).end();
      };
      return app.use(silent);
    };
    const token = aClientToken();
    const statusOf = async (app: ReturnType<typeof build>) =>
      (await supertest(app).get('/me').auth(token, { type: 'bearer' })).status;
    expect(await statusOf(build('handler', 'route'))).toBe(418);
    expect(() => assertGuarded(build('handler', 'route'))).toThrow(
      '- GET /me: authErrorHandler() comes before it, and Express never calls it for errors of what follows. Write app.use(authErrorHandler()) after the routes',
    );
    for (const order of [
      ['route'],
      ['route', 'handler'],
      ['handler', 'route', 'handler'],
    ] as const) {
      expect(() => assertGuarded(build(...order))).not.toThrow();
    }
    expect(await statusOf(build('handler', 'route', 'handler'))).toBe(403);
  });

  it('assertGuarded looks for an authErrorHandler where it may answer the errors of a route', () => {
    const place = (build: (app: ReturnType<typeof express>) => unknown) => {
      const app = express();
      app.use(authentication);
      build(app);
      return describeRequirements(app).map(({ errorHandler }) => errorHandler);
    };
    const answered = [undefined];
    const missed = ['before_the_route'];
    expect(place((app) => app.get('/', handler, authErrorHandler()))).toEqual(answered);
    expect(place((app) => app.get('/', authErrorHandler(), handler))).toEqual(missed);
    expect(place((app) => app.use(authErrorHandler(), express.Router().get('/', handler)))).toEqual(
      missed,
    );
    // A router's error handler answers errors of that router alone.
    const router = () => express.Router().use(authErrorHandler());
    expect(place((app) => app.use(router().get('/', handler)))).toEqual(missed);
    expect(place((app) => app.use(router()).get('/', handler))).toEqual(answered);
    expect(place((app) => app.use(authErrorHandler()).get('/', handler).use(router()))).toEqual(
      missed,
    );
    expect(place((app) => app.use(router().get('/', handler)).use(authErrorHandler()))).toEqual(
      answered,
    );
    // At another path.
    expect(place((app) => app.all('/a', authErrorHandler()).get('/b', handler))).toEqual(answered);
    // An application's own answer to what no route took.
    const paths = keepsMounts ? ['/{*rest}', '/*rest', /.*/] : ['*', '/*', /.*/];
    for (const path of paths) {
      expect(place((app) => app.use(authErrorHandler()).all(path, handler))).toEqual(answered);
    }
  });

  it('assertGuarded says nothing of the error handler of an open route', () => {
    const app = express();
    app.use(authErrorHandler());
    app.get('/livez', handler);
    assertGuarded(app, { open: ['/livez'] });
  });

  it('assertGuarded says that a mounted app must be checked by itself', () => {
    const inner = express();
    inner.get('/x', handler);
    const app = express();
    app.use('/inner', inner);
    expect(() => assertGuarded(app)).toThrow('an app is mounted here: describe it by itself');
    expect(() => assertGuarded(inner, { base: '/inner' })).toThrow('- GET /inner/x');
    assertGuarded(inner, { base: '/inner', before: [authentication] });
  });

  it('describes a router by itself, below its base and behind what is before it', () => {
    const router = express.Router();
    router.get('/:id', requireScope('read'), handler);
    const before = [authentication, requireScope('api')];
    expect(linesOf(describeRequirements(router, { base: '/v1/users', before }))).toEqual([
      'GET | /v1/users/:id | authenticated | scope api + scope read',
    ]);
  });

  it('describes an app without routes, and refuses everything that is no app', () => {
    expect(describeRequirements(express())).toEqual([]);
    for (const other of [{}, [], () => undefined, new Date()]) {
      expect(() => describeRequirements(other)).toThrow(
        /Write: assertGuarded\(app\), or describeRequirements\(router, \{ base: '\/users' \}\)/,
      );
    }
  });

  it('gives the same requirement objects, frozen', () => {
    const requirement = claim(() => true, 'anything');
    const app = express();
    app.get('/', authorize(requirement), handler);
    const [route] = describeRequirements(app);
    expect(route?.requirements[0]).toBe(requirement);
    expect(Object.isFrozen(route) && Object.isFrozen(route?.requirements)).toBe(true);
  });
});
