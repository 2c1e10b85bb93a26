import type { HttpHandler } from '@authly/core';
import type { KoaContext, KoaMiddleware } from './framework.ts';
import { requestView } from './request-view.ts';

/**
 * Serves a neutral HTTP handler, such as an issuer's endpoints: `app.use(mount(issuer.handler))`.
 * Paths that are not the handler's go on to the next middleware. Works with and without a body parser
 * before it.
 */
export function mount(handler: HttpHandler): KoaMiddleware {
  return async function mounted(context, next) {
    const { req, path, querystring } = context;
    const view = requestView(context);
    const result = await handler({
      method: view.method,
      path,
      query: querystring,
      header: (name) => view.header(name),
      peerAddress: view.peerAddress,
      clientAddress: clientAddress(context),
      peerCertificate: () => view.peerCertificate?.(),
      parsedBody: parsedBody(context),
      stream: req,
    });
    if (result === undefined) return next();
    // Body first: Koa makes a status and a content type of it, and the handler's own are to count.
    context.body = result.body ?? null;
    context.status = result.status;
    for (const [name, value] of Object.entries(result.headers)) {
      context.set({ [name]: typeof value === 'string' ? value : [...value] });
    }
    return undefined;
  };
}

// Body parsers for Koa put what they read on ctx.request.
function parsedBody({ request }: KoaContext): unknown {
  return 'body' in request ? request.body : undefined;
}

// Koa reads the socket for it, which a request that no socket brought has not; its '' means unknown.
function clientAddress(context: KoaContext): string | undefined {
  return context.req.socket && context.ip ? context.ip : undefined;
}
