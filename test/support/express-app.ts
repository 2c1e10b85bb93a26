import { authErrorHandler, type ExpressMiddleware } from '@authly/express';
import bodyParser from 'body-parser';
import type express from 'express';
import type { ErrorRequestHandler, RequestHandler, Router } from 'express';
import type { AppOptions, Handler, Middleware, Routes, TestApp } from './frameworks.ts';

/** Builds an app of Express, whichever major `create` is. */
export function createExpressApp(
  create: typeof express,
  define: (routes: Routes) => void,
  { onError, bodyParser: parser = 'none', trustProxy = false, authErrors = false }: AppOptions,
): TestApp {
  const faults: unknown[] = [];
  const app = create();
  app.set('trust proxy', trustProxy);
  if (parser === 'usual') app.use(create.urlencoded({ extended: false }), create.json());
  if (parser === 'other') app.use(bodyParser.urlencoded({ extended: true }), bodyParser.json());
  if (parser === 'json') app.use(create.json());
  if (parser === 'text') app.use(create.text({ type: '*/*' }));
  if (parser === 'bytes') app.use(create.raw({ type: '*/*' }));
  if (parser === 'discarding') app.use(discarding);
  define(routesOf(create, app));
  if (authErrors) app.use(authErrorHandler());
  // Express takes a function for error handling by its four parameters.
  const handleError: ErrorRequestHandler = (error, _request, response, next) => {
    if (onError === undefined) {
      faults.push(error);
      return next(error);
    }
    const { status, headers = {}, body } = onError(error);
    response.status(status).set(headers).json(body);
  };
  app.use(handleError);
  return { listener: app, faults };
}

const discarding: RequestHandler = (request, _response, next) => {
  request.on('data', () => {}).on('end', () => next());
};

function routesOf(create: typeof express, target: Router): Routes {
  return {
    use: (...middleware) => {
      target.use(...middleware.map(native));
    },
    route: (path, ...steps) => {
      const guards = steps.slice(0, -1) as Middleware[];
      target.all(path, ...guards.map(native), answering(steps.at(-1) as Handler));
    },
    router: (path, define) => {
      const router = create.Router();
      define(routesOf(create, router));
      target.use(path, router);
    },
    app: (path, define) => {
      const app = create();
      define(routesOf(create, app));
      target.use(path, app);
    },
  };
}

// The type of the middleware alone is neutral: the kit that made it is the adapter for Express.
function native(middleware: Middleware): ExpressMiddleware {
  return middleware as ExpressMiddleware;
}

function answering(handler: Handler): RequestHandler {
  return (request, response, next) => {
    const answer = handler({ carrier: request, principal: request.principal });
    if (answer instanceof Promise) answer.then((body) => response.json(body), next);
    else response.json(answer);
  };
}
