import type { HttpHandler } from '@authly/core';
import {
  calledByOtherFramework,
  checkHandler,
  neutralMiddleware,
  nodeHandlerRequest,
} from '@authly/core/adapter';
import type { KoaContext, KoaMiddleware, KoaNext } from './framework.ts';
import { respond } from './respond.ts';

/**
 * Serves a neutral HTTP handler, such as an issuer's endpoints: `app.use(mount(issuer.handler))`.
 * Requests for other paths are passed on to the next middleware. Works with and without a body parser
 * before it. Throws `ConfigurationError` for anything but a handler.
 */
export function mount(handler: HttpHandler): KoaMiddleware {
  checkHandler(handler);
  const serve = async (context: KoaContext, next: KoaNext) => {
    const { req, request, path } = context;
    // Body parsers for Koa put what they read on ctx.request.
    const parsedBody = 'body' in request ? request.body : undefined;
    const clientAddress = () => context.ip;
    const result = await handler(nodeHandlerRequest(req, { path, parsedBody, clientAddress }));
    return result === undefined ? next() : respond(context, result);
  };
  // Not async itself: Express 4 does not see the error in a promise.
  const middleware: KoaMiddleware = function mounted(context, next) {
    if (typeof next !== 'function') throw calledByOtherFramework('mount', '@authly/koa');
    return serve(context, next);
  };
  return neutralMiddleware(middleware);
}
