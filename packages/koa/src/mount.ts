import type { HttpHandler } from '@authly/core';
import { nodeHandlerRequest } from '@authly/core/adapter';
import type { KoaContext, KoaMiddleware } from './framework.ts';
import { respond } from './respond.ts';

/**
 * Serves a neutral HTTP handler, such as an issuer's endpoints: `app.use(mount(issuer.handler))`.
 * Paths that are not the handler's go on to the next middleware. Works with and without a body parser
 * before it.
 */
export function mount(handler: HttpHandler): KoaMiddleware {
  return async function mounted(context, next) {
    const { req, request, path } = context;
    // Body parsers for Koa put what they read on ctx.request.
    const parsedBody = 'body' in request ? request.body : undefined;
    const parts = { path, parsedBody, clientAddress: clientAddress(context) };
    const result = await handler(nodeHandlerRequest(req, parts));
    return result === undefined ? next() : respond(context, result);
  };
}

// Koa reads the socket for it, which a request that no socket brought has not; its '' means unknown.
function clientAddress(context: KoaContext): string | undefined {
  return context.req.socket && context.ip ? context.ip : undefined;
}
