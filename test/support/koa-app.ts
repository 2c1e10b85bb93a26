import { buffer } from 'node:stream/consumers';
import { authErrorHandler, type KoaMiddleware } from '@authly/koa';
import { bodyParser } from '@koa/bodyparser';
import { Router } from '@koa/router';
import type Koa from 'koa';
import olderBodyParser from 'koa-bodyparser';
import mount from 'koa-mount';
import type { AppOptions, Handler, Middleware, Routes, TestApp } from './frameworks.ts';

/** Builds an app of Koa, whichever major `Create` is. */
export function createKoaApp(
  Create: typeof Koa,
  define: (routes: Routes) => void,
  { onError, bodyParser: parser = 'none', trustProxy = false, authErrors = false }: AppOptions,
): TestApp {
  const faults: unknown[] = [];
  const app = new Create();
  app.proxy = trustProxy;
  app.on('error', (error) => faults.push(error));
  if (onError !== undefined) {
    app.use(async (context, next) => {
      try {
        await next();
      } catch (error) {
        const { status, headers = {}, body } = onError(error);
        context.status = status;
        context.type = 'json';
        context.set({ ...headers });
        context.body = JSON.stringify(body);
      }
    });
  }
  if (authErrors) app.use(authErrorHandler());
  if (parser === 'usual') app.use(bodyParser());
  if (parser === 'other') app.use(olderBodyParser());
  if (parser === 'json') app.use(bodyParser({ enableTypes: ['json'] }));
  if (parser === 'text') {
    app.use(bodyParser({ enableTypes: ['text'], extendTypes: { text: [FORM_TYPE] } }));
  }
  if (parser === 'bytes') app.use(keepingBytes);
  if (parser === 'discarding') app.use(discarding);
  define(appRoutes(Create, app));
  return { listener: app.callback(), faults };
}

const FORM_TYPE = 'application/x-www-form-urlencoded';

const keepingBytes: Koa.Middleware = async (context, next) => {
  Object.assign(context.request, { body: await buffer(context.req) });
  await next();
};

const discarding: Koa.Middleware = async (context, next) => {
  await buffer(context.req);
  await next();
};

function appRoutes(Create: typeof Koa, app: Koa): Routes {
  return {
    use: (...middleware) => {
      for (const each of middleware) app.use(native(each));
    },
    route: (path, ...steps) => {
      const router = new Router();
      addRoute(router, path, steps);
      app.use(router.routes());
    },
    router: (path, define) => {
      const router = new Router({ prefix: path });
      define(routerRoutes(Create, router));
      app.use(router.routes());
    },
    app: (path, define) => {
      const inner = new Create();
      define(appRoutes(Create, inner));
      app.use(mount(path, inner));
    },
  };
}

function routerRoutes(Create: typeof Koa, router: Router): Routes {
  return {
    use: (...middleware) => {
      for (const each of middleware) router.use(native(each));
    },
    route: (path, ...steps) => addRoute(router, path, steps),
    router: (path, define) => {
      const inner = new Router();
      define(routerRoutes(Create, inner));
      router.use(path, inner.routes());
    },
    app: (path, define) => {
      const inner = new Create();
      define(appRoutes(Create, inner));
      router.use(mount(path, inner));
    },
  };
}

function addRoute(router: Router, path: string, steps: readonly (Middleware | Handler)[]): void {
  const guards = steps.slice(0, -1) as Middleware[];
  router.all(path, ...guards.map(native), answering(steps.at(-1) as Handler));
}

// The type of the middleware alone is neutral: the kit that made it is the adapter for Koa.
function native(middleware: Middleware): KoaMiddleware {
  return middleware as KoaMiddleware;
}

function answering(handler: Handler): (context: Koa.Context) => Promise<void> {
  return async (context) => {
    const answer = await handler({ carrier: context, principal: context.state.principal });
    context.type = 'json';
    context.body = JSON.stringify(answer ?? null);
  };
}
