import type { HttpHandler } from '@authly/core';
import {
  calledByOtherFramework,
  checkHandler,
  neutralMiddleware,
  nodeHandlerRequest,
} from '@authly/core/adapter';
import type { ExpressMiddleware } from './framework.ts';
import { respond } from './respond.ts';

/**
 * Serves a neutral HTTP handler, such as an issuer's endpoints: `app.use(mount(issuer.handler))`.
 * Requests for other paths are passed on to the next middleware. Works with and without a body parser
 * before it. Throws `ConfigurationError` for anything but a handler.
 */
export function mount(handler: HttpHandler): ExpressMiddleware {
  checkHandler(handler);
  const middleware: ExpressMiddleware = function mounted(request, response, next) {
    if (typeof next !== 'function') throw calledByOtherFramework('mount', '@authly/express');
    const { path, body: parsedBody } = request;
    const clientAddress = () => request.ip;
    const answer = async () => {
      const result = await handler(
        nodeHandlerRequest(request, { path, parsedBody, clientAddress }),
      );
      if (result === undefined) next();
      else respond(response, result);
    };
    answer().catch(next);
  };
  return neutralMiddleware(middleware);
}
