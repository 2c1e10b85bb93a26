import type { ResourceMetadataOptions, ResourceServer } from '@authly/core';
import {
  checkResourceServer,
  memberOf,
  misplacedMetadata,
  neutralMiddleware,
} from '@authly/core/adapter';
import type { KoaContext, KoaMiddleware } from './framework.ts';
import { mount } from './mount.ts';
import { routerOf } from './router-stack.ts';

/**
 * Serves the API's protected-resource metadata at its well-known URL (RFC 9728 §3), and names that
 * URL in every challenge: `app.use(protectedResourceMetadata(resourceServer))`, on the app itself and
 * before `authenticate`, since clients read it before they have a token. An app of its own works too, if it is
 * mounted at `/`, and so does `router.all` at that path, of a router without prefix. `router.use` does not
 * work: it runs only for the router's own routes.
 *
 * Throws `ConfigurationError` for anything but a resource server, and when it has no `resource`. Mounted below a prefix or with
 * `router.use`, where clients would not find the document, it fails every request with `ConfigurationError`.
 * (Behind a proxy that adds a prefix, serve `mount(resourceServer.publishMetadata().handler)` instead.)
 */
export function protectedResourceMetadata(
  resourceServer: ResourceServer<unknown>,
  options?: ResourceMetadataOptions,
): KoaMiddleware {
  checkResourceServer('protectedResourceMetadata', resourceServer);
  const { path, handler } = resourceServer.publishMetadata(options);
  const serve = mount(handler);
  const middleware: KoaMiddleware = function protectedResourceMetadata(context, next) {
    if (isBelowMount(context) || isOutOfReach(middleware, context, path)) {
      throw misplacedMetadata('below a prefix or with router.use', path);
    }
    return context.path === path ? serve(context, next) : next();
  };
  return neutralMiddleware(middleware);
}

// koa-mount sets `mountPath` and does not remove it afterwards, so the path is compared, too.
function isBelowMount(context: KoaContext): boolean {
  const mountPath = memberOf(context, 'mountPath');
  if (typeof mountPath !== 'string' || mountPath === '/') return false;
  const [url = ''] = context.originalUrl.split('?', 1);
  return (
    url.endsWith(mountPath + context.path) || (context.path === '/' && url.endsWith(mountPath))
  );
}

// `ctx.router` is the last router that ran. If it does not have this layer, this middleware is not in a router.
function isOutOfReach(middleware: KoaMiddleware, context: KoaContext, path: string): boolean {
  const layer = routerOf(memberOf(context, 'router'))?.stack.find(({ stack }) =>
    stack.includes(middleware),
  );
  return layer !== undefined && (layer.methods.length === 0 || !layer.regexp.test(path));
}
