import { type HttpHandler, rawHeader } from '@authly/core';
import type { ExpressMiddleware } from './framework.ts';

/**
 * Serves a neutral HTTP handler, such as an issuer's endpoints: `app.use(mount(issuer.handler))`.
 * Paths that are not the handler's go on to the next middleware. Works with and without a body parser
 * before it.
 */
export function mount(handler: HttpHandler): ExpressMiddleware {
  return function mounted(request, response, next) {
    const [, ...query] = (request.url ?? '').split('?');
    const answer = async () => {
      const result = await handler({
        method: request.method ?? 'GET',
        path: request.path,
        query: query.join('?'),
        header: (name) => rawHeader(request, name),
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
