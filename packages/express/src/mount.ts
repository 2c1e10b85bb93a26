import type { HttpHandler } from '@authly/core';
import type { ExpressMiddleware, ExpressRequest } from './framework.ts';
import { requestView } from './request-view.ts';

/**
 * Serves a neutral HTTP handler, such as an issuer's endpoints: `app.use(mount(issuer.handler))`.
 * Paths that are not the handler's go on to the next middleware. Works with and without a body parser
 * before it.
 */
export function mount(handler: HttpHandler): ExpressMiddleware {
  return function mounted(request, response, next) {
    const [, ...query] = (request.url ?? '').split('?');
    const answer = async () => {
      const view = requestView(request);
      const result = await handler({
        method: view.method,
        path: request.path,
        query: query.join('?'),
        header: (name) => view.header(name),
        peerAddress: view.peerAddress,
        clientAddress: clientAddress(request),
        peerCertificate: () => view.peerCertificate?.(),
        parsedBody: request.body,
        stream: request,
      });
      if (result === undefined) return next();
      response.statusCode = result.status;
      for (const [name, value] of Object.entries(result.headers)) response.setHeader(name, value);
      response.end(result.body);
    };
    answer().catch(next);
  };
}

// Express reads the socket for it, which a request that no socket brought has not.
function clientAddress(request: ExpressRequest): string | undefined {
  return request.socket ? request.ip : undefined;
}
