import type { ResourceMetadataOptions, ResourceServer } from '@authly/core';
import { checkResourceServer, misplacedMetadata, neutralMiddleware } from '@authly/core/adapter';
import type { ExpressMiddleware } from './framework.ts';
import { mount } from './mount.ts';

/**
 * Serves the API's protected-resource metadata at its well-known URL (RFC 9728 §3), and names that
 * URL in every challenge: `app.use(protectedResourceMetadata(resourceServer))`, on the app itself and
 * before `authenticate`, since clients read it before they have a token. A router or an app of its own works
 * too, if it is mounted at `/`.
 *
 * Throws `ConfigurationError` for anything but a resource server, and when it has no `resource`. Mounted below a prefix, where clients
 * would not find the document, it fails every request with `ConfigurationError`. (Behind a proxy that adds a
 * prefix, serve `mount(resourceServer.publishMetadata().handler)` instead.)
 */
export function protectedResourceMetadata(
  resourceServer: ResourceServer<unknown>,
  options?: ResourceMetadataOptions,
): ExpressMiddleware {
  checkResourceServer('protectedResourceMetadata', resourceServer);
  const { path, handler } = resourceServer.publishMetadata(options);
  const serve = mount(handler);
  const middleware: ExpressMiddleware = function protectedResourceMetadata(
    request,
    response,
    next,
  ) {
    if (request.baseUrl !== '') return next(misplacedMetadata('below a prefix', path));
    if (request.path !== path) return next();
    serve(request, response, next);
  };
  return neutralMiddleware(middleware);
}
