import type { HttpHandler } from '@authly/core';
import { nodeHandlerRequest } from '@authly/core/adapter';
import type { ExpressMiddleware, ExpressRequest } from './framework.ts';
import { respond } from './respond.ts';

/**
 * Serves a neutral HTTP handler, such as an issuer's endpoints: `app.use(mount(issuer.handler))`.
 * Paths that are not the handler's go on to the next middleware. Works with and without a body parser
 * before it.
 */
export function mount(handler: HttpHandler): ExpressMiddleware {
  return function mounted(request, response, next) {
    const { path, body: parsedBody } = request;
    const parts = { path, parsedBody, clientAddress: clientAddress(request) };
    const answer = async () => {
      const result = await handler(nodeHandlerRequest(request, parts));
      if (result === undefined) return next();
      respond(response, result);
    };
    answer().catch(next);
  };
}

// Express reads the socket for it, which a request that no socket brought has not.
function clientAddress(request: ExpressRequest): string | undefined {
  return request.socket ? request.ip : undefined;
}
