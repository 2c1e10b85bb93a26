import {
  assertGuarded,
  authErrorHandler,
  authenticate,
  authorize,
  ConfigurationError,
  claim,
  clientOf,
  describeRequirements,
  type KoaMiddleware,
  requireRole,
  requireScope,
  requireUser,
} from '@authly/koa';
import { Router } from '@koa/router';
import Koa from 'koa';
import mount from 'koa-mount';
import Koa2 from 'koa2';
import { describe, expect, it } from 'vitest';
import { send } from '../support/requests.ts';
import { aResourceServer } from '../support/resource-servers.ts';
import { aUserToken } from '../support/tokens.ts';
import { linesOf } from './route-lines.ts';

const handler: KoaMiddleware = (context) => {
  context.body = '';
};
const authentication = authenticate(aResourceServer());
const optional = authenticate(aResourceServer(), { optional: true });

/** An app with one router, which authenticates before it. */
function appWith(router: Router, App: typeof Koa = Koa): Koa {
  const app = new App();
  app.use(authentication);
  app.use(router.routes());
  return app;
}

describe('describeRequirements of @koa/router', () => {
  it.each([
    ['Koa 2', Koa2],
    ['Koa 3', Koa],
  ])('says of each route what runs before it in a %s app, outermost first', (_, App) => {
    const router = new Router({ prefix: '/v1', sensitive: true });
    router.use(requireScope('api'));
    router.get('/users/:id', requireScope('read:users'), handler);
    router.post('/users', requireScope('write:users'), requireUser(), handler);
    expect(linesOf(describeRequirements(appWith(router, App)))).toEqual([
      'GET | /v1/users/:id | authenticated | scope api + scope read:users',
      'POST | /v1/users | authenticated | scope api + scope write:users + user',
    ]);
  });

  it('accepts an app, a router, or the result of router.routes()', () => {
    const router = new Router();
    router.get('/', requireScope('a'), handler);
    for (const subject of [router, router.routes(), new Koa().use(router.routes())]) {
      expect(linesOf(describeRequirements(subject))).toEqual(['GET | / | open | scope a']);
    }
  });

  it('keeps the whole path of nested routers, with their middleware', () => {
    const posts = new Router();
    posts.use(requireScope('posts'));
    posts.get('/:post', handler);
    const users = new Router({ prefix: '/users' });
    users.get('/', requireScope('users'), handler);
    users.use('/:id/posts', posts.routes());
    const api = new Router({ prefix: '/api' });
    api.use(users.routes());
    api.get('/', handler);
    expect(linesOf(describeRequirements(appWith(api)))).toEqual([
      'GET | /api/users | authenticated | scope users',
      'GET | /api/users/:id/posts/:post | authenticated | scope posts',
      'GET | /api | authenticated | -',
    ]);
  });

  it('middleware of a router does not count for another router, or for what comes after', () => {
    const first = new Router();
    first.use(requireScope('first'));
    first.get('/first', handler);
    const second = new Router();
    second.get('/second', handler);
    const app = appWith(first).use(requireScope('between')).use(second.routes());
    expect(linesOf(describeRequirements(app))).toEqual([
      'GET | /first | authenticated | scope first',
      'GET | /second | authenticated | scope between',
    ]);
  });

  it('middleware at a path counts for the routes below it', () => {
    const router = new Router();
    router.use('/admin', requireRole('admin'));
    router.get('/admin/x', handler);
    router.get('/administrator', handler);
    router.get('/:section/x', handler);
    expect(linesOf(describeRequirements(router))).toEqual([
      'GET | /admin/x | open | role admin',
      'GET | /administrator | open | -',
      'GET | /:section/x | open | - | a guard (role admin) at /admin may run before it',
    ]);
  });

  it('warns of a guard that a path in another case evades, by the setting of the router', async () => {
    const build = (options: { sensitive?: boolean }) => {
      const router = new Router({ prefix: '/admin', ...options });
      router.use(requireRole('admin'));
      router.get('/x', handler);
      return appWith(router);
    };
    const evaded = build({});
    expect(linesOf(describeRequirements(evaded))).toEqual([
      'GET | /admin/x | authenticated | role admin | a guard (role admin) at /admin does not run for the same path in other capitals',
    ]);
    expect(() => assertGuarded(evaded)).toThrow(
      /GET \/admin\/x: a guard \(role admin\) at \/admin .* make the router with sensitive: true/,
    );
    const mended = build({ sensitive: true });
    assertGuarded(mended);
    expect(linesOf(describeRequirements(mended))).toEqual([
      'GET | /admin/x | authenticated | role admin',
    ]);
    // What the warning is about: the router compares routes without case, this middleware with it.
    const statuses = [];
    for (const app of [evaded, mended]) {
      for (const path of ['/admin/x', '/ADMIN/x']) {
        const listener = app.callback();
        statuses.push((await send({ listener, faults: [] }, { path, token: aUserToken() })).status);
      }
    }
    expect(statuses).toEqual([403, 200, 403, 404]);
  });

  it('does not count a guard whose path ends with a slash for paths that do not', async () => {
    const build = (guarded: string, options = {}) => {
      const router = new Router(options);
      router.use(guarded, authentication);
      router.get('/admin', handler);
      router.get('/admin/x', handler);
      const app = new Koa();
      app.use(router.routes());
      return app;
    };
    const answers = async (app: Koa, paths: readonly string[]) => {
      const listener = app.callback();
      const sent = paths.map((path) => send({ listener, faults: [] }, { path }));
      return (await Promise.all(sent)).map(({ status }) => status);
    };
    for (const options of [{}, { strict: true }, { sensitive: true }]) {
      const evaded = build('/admin/', options);
      expect(await answers(evaded, ['/admin', '/admin/x'])).toEqual([200, 200]);
      expect(linesOf(describeRequirements(evaded))).toEqual([
        'GET | /admin | open | -',
        'GET | /admin/x | open | -',
      ]);
      expect(() => assertGuarded(evaded)).toThrow(/- GET \/admin: .*\n- GET \/admin\/x: /);
      const sound = build('/admin', options);
      expect(await answers(sound, ['/admin', '/admin/x'])).toEqual([401, 401]);
      assertGuarded(sound);
    }
  });

  it('warns of a guard that a path with another slash at its end evades', async () => {
    const router = new Router();
    router.all('/admin', authentication);
    router.get('/admin/', handler);
    const app = new Koa();
    app.use(router.routes());
    const listener = app.callback();
    expect((await send({ listener, faults: [] }, { path: '/admin/' })).status).toBe(401);
    expect((await send({ listener, faults: [] }, { path: '/admin//' })).status).toBe(200);
    expect(linesOf(describeRequirements(app))).toEqual([
      'GET | /admin | authenticated | - | authenticate at /admin does not run for the same path with more or fewer slashes at its end',
    ]);
    expect(() => assertGuarded(app)).toThrow(/with the same slash at the end of its path$/);
  });

  it('is uncertain about middleware of a router nested at "/", and shows the path that its routes have', () => {
    const inner = new Router();
    inner.use(requireScope('inner'));
    inner.get('/x', handler);
    const outer = new Router();
    outer.use('/', inner.routes());
    expect(linesOf(describeRequirements(outer))).toEqual([
      'GET | //x | open | - | a guard (scope inner) at /(?:\\/|$) may run before it',
    ]);
  });

  it('for an exclusive router counts only the last match, and no middleware of the router', () => {
    const router = new Router({ exclusive: true });
    router.use(requireScope('skipped'));
    router.get('/x', requireScope('own'), handler);
    expect(linesOf(describeRequirements(appWith(router)))).toEqual([
      'GET | /x | authenticated | scope own',
    ]);
  });

  it('lists a route for every method as *, and leaves out the HEAD that GET adds', () => {
    const router = new Router();
    router.all('/all', requireScope('a'), handler);
    router.head('/head', handler);
    router.register('/two', ['GET', 'PUT'], [handler]);
    expect(linesOf(describeRequirements(router))).toEqual([
      '* | /all | open | scope a',
      'HEAD | /head | open | -',
      'GET | /two | open | -',
      'PUT | /two | open | -',
    ]);
  });

  it('reports a path that is a regular expression', () => {
    const router = new Router();
    router.get(/^\/c$/, requireScope('c'), handler);
    expect(linesOf(describeRequirements(router))).toEqual([
      'GET | ? | open | scope c | the path is a regular expression, /^\\/c$/',
    ]);
  });

  it('optional authentication stays optional until a guard or another authenticate', () => {
    const router = new Router();
    router.get('/articles', handler);
    router.get('/drafts', requireUser(), handler);
    router.get('/me', authentication, handler);
    const app = new Koa().use(optional).use(router.routes());
    expect(linesOf(describeRequirements(app))).toEqual([
      'GET | /articles | optional | -',
      'GET | /drafts | authenticated | user',
      'GET | /me | authenticated | -',
    ]);
  });

  it('leaves out an app in koa-mount, which must be described by itself', () => {
    const router = new Router();
    router.get('/x', requireScope('x'), handler);
    const inner = new Koa();
    inner.use(router.routes());
    const app = new Koa().use(authentication).use(mount('/inner', inner));
    expect(describeRequirements(app)).toEqual([]);
    const described = describeRequirements(inner, { base: '/inner', before: [authentication] });
    expect(linesOf(described)).toEqual(['GET | /inner/x | authenticated | scope x']);
  });

  it('gives the same requirement objects, frozen, and refuses what is no app', () => {
    const requirement = claim(() => true, 'anything');
    const router = new Router();
    router.get('/', authorize(requirement), handler);
    const [route] = describeRequirements(router);
    expect(route?.requirements[0]).toBe(requirement);
    expect(Object.isFrozen(route) && Object.isFrozen(route?.requirements)).toBe(true);
    for (const other of [{}, [], () => undefined, new Date()]) {
      expect(() => describeRequirements(other)).toThrow(
        /Write: assertGuarded\(app\), or describeRequirements\(router, \{ base: '\/users' \}\)/,
      );
    }
  });

  it('says that a function which it cannot look into may be a guard', () => {
    const wrapped: KoaMiddleware = (context, next) => authentication(context, next);
    const router = new Router();
    router.get('/x', handler);
    const app = new Koa().use(authErrorHandler()).use(wrapped).use(router.routes());
    expect(linesOf(describeRequirements(app))).toEqual([
      'GET | /x | open | - | no guard was seen before it, but these functions may call one: wrapped',
    ]);
    expect(linesOf(describeRequirements(app, { open: ['GET /x'] }))).toEqual([
      'GET | /x | open | -',
    ]);
  });
});

describe('assertGuarded on Koa', () => {
  const token = aUserToken();

  /** The trap: the router compares the paths of routes without case, and that of `use` with case. */
  function aVersionedRouter(options: { readonly sensitive?: boolean }) {
    const v1 = new Router({ prefix: '/v1', ...options });
    v1.use(authentication);
    v1.get('/secrets', handler);
    return v1;
  }

  it('refuses an authenticate on a router with a prefix, which a path in another case evades', async () => {
    const app = new Koa().use(aVersionedRouter({}).routes());
    expect(() => assertGuarded(app)).toThrow(
      /GET \/v1\/secrets: authenticate at \/v1 does not run .* make the router with sensitive: true/,
    );
    const listener = app.callback();
    const statuses = [];
    for (const path of ['/v1/secrets', '/V1/secrets']) {
      statuses.push((await send({ listener, faults: [] }, { path })).status);
    }
    expect(statuses).toEqual([401, 200]);
  });

  it('passes if the router is case sensitive, or if authenticate is on the app', async () => {
    assertGuarded(new Koa().use(aVersionedRouter({ sensitive: true }).routes()));
    const router = new Router({ prefix: '/v1' });
    router.get('/secrets', handler);
    const app = appWith(router);
    assertGuarded(app);
    const listener = app.callback();
    const upper = { path: '/V1/secrets' };
    expect((await send({ listener, faults: [] }, upper)).status).toBe(401);
    expect((await send({ listener, faults: [] }, { ...upper, token })).status).toBe(200);
  });

  it('finds an authErrorHandler that comes after the routes, whose errors never reach it', async () => {
    const build = (...order: readonly ('handler' | 'route')[]) => {
      const app = new Koa();
      app.use(async (context, next) => {
        // Else Koa prints the error.
        await next().catch(() => Object.assign(context, { status: 418, body: '' }));
      });
      app.use(authentication);
      for (const each of order) {
        if (each === 'handler') app.use(authErrorHandler());
        else app.use(new Router().get('/me', (context) => clientOf(context)).routes());
      }
      return app;
    };
    const statusOf = async (app: Koa) =>
      (await send({ listener: app.callback(), faults: [] }, { path: '/me', token })).status;
    expect(await statusOf(build('route', 'handler'))).toBe(418);
    expect(() => assertGuarded(build('route', 'handler'))).toThrow(
      '- GET /me: authErrorHandler() comes after it, and errors of what is before never reach it. Write app.use(authErrorHandler()) before the routes',
    );
    for (const order of [
      ['route'],
      ['handler', 'route'],
      ['handler', 'route', 'handler'],
    ] as const) {
      expect(() => assertGuarded(build(...order))).not.toThrow();
    }
    expect(await statusOf(build('handler', 'route'))).toBe(403);
  });

  it('looks for an authErrorHandler where it may answer the errors of a route', () => {
    const place = (build: (app: Koa, router: Router) => unknown) => {
      const app = new Koa();
      app.use(authentication);
      const router = new Router();
      build(app, router);
      return describeRequirements(app).map(({ errorHandler }) => errorHandler);
    };
    const answered = [undefined];
    const missed = ['after_the_route'];
    expect(
      place((app, router) => app.use(router.get('/', authErrorHandler(), handler).routes())),
    ).toEqual(answered);
    expect(
      place((app, router) => app.use(router.get('/', handler, authErrorHandler()).routes())),
    ).toEqual(missed);
    expect(
      place((app, router) => app.use(router.use(authErrorHandler()).get('/', handler).routes())),
    ).toEqual(answered);
    expect(
      place((app, router) => app.use(router.get('/', handler).use(authErrorHandler()).routes())),
    ).toEqual(missed);
    // Of another router.
    const other = new Router().use(authErrorHandler());
    expect(
      place((app, router) => app.use(router.get('/', handler).routes()).use(other.routes())),
    ).toEqual(answered);
  });

  it('refuses open routes that are not listed, listed routes that do not exist, and an app without routes', () => {
    const probes = new Router();
    probes.get('/livez', handler);
    const app = new Koa().use(probes.routes()).use(authentication);
    expect(() => assertGuarded(app)).toThrow('- GET /livez: no guard runs before it for sure');
    assertGuarded(app, { open: ['/livez'] });
    expect(() => assertGuarded(app, { open: ['/livez', '/readyz'] })).toThrow('"/readyz"');
    expect(() => assertGuarded(new Koa().use(authentication))).toThrow('found no route');
    expect(() => assertGuarded({})).toThrow(ConfigurationError);
  });
});
