import type { HttpHandler } from '@authly/core';
import { neutralMiddleware, nodeHandlerRequest } from '@authly/core/adapter';
import type { KoaMiddleware } from './framework.ts';
import { respond } from './respond.ts';

/**
 * Serves a neutral HTTP handler, such as an issuer's endpoints: `app.use(mount(issuer.handler))`.
 * Requests for other paths are passed on to the next middleware. Works with and without a body parser
 * before it.
 */
export function mount(handler: HttpHandler): KoaMiddleware {
  const middleware: KoaMiddleware = async function mounted(context, next) {
    const { req, request, path } = context;
    // Body parsers for Koa put what they read on ctx.request.
    const parsedBody = 'body' in request ? request.body : undefined;
    const clientAddress = () => context.ip;
    const result = await handler(nodeHandlerRequest(req, { path, parsedBody, clientAddress }));
    return result === undefined ? next() : respond(context, result);
  };
  return neutralMiddleware(middleware);
}
