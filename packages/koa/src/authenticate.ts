import {
  type AnyResourceServerOptions,
  nodeRequestView,
  type Principal,
  type ResourceServer,
} from '@authly/core';
import {
  type AuthenticateInfo,
  type AuthenticateOptionsOf,
  admissionMode,
  admitRequest,
  answerRefusal,
  isThenable,
} from '@authly/core/adapter';
import type { KoaContext, KoaContextOf, KoaMiddleware, KoaNext } from './framework.ts';
import { respond } from './respond.ts';

/** How {@link authenticate} treats requests that it does not let in. */
export type AuthenticateOptions = AuthenticateOptionsOf<'throw'>;

/** The middleware that {@link authenticate} makes. */
export interface AuthenticateMiddleware extends KoaMiddleware, Readonly<AuthenticateInfo> {}

/** Options by which no request passes as anonymous. */
export interface OfEveryRequest {
  readonly optional?: false | undefined;
  readonly skip?: undefined;
}

/**
 * The same where no request passes as anonymous: in the handlers after it, of the same route or the same
 * chain of `app.use`, `ctx.state.principal` is there.
 */
export type RequiredAuthenticateMiddleware = AuthenticateMiddleware &
  ((context: KoaContextOf<Principal>, next: KoaNext) => unknown);

/**
 * Lets requests with a valid access token in, and says who is calling: `ctx.state.principal`,
 * `principalOf(ctx)` (RFC 6750 §2.1). Checks what `createResourceServer` lists; what a caller may do is
 * for guards such as `requireScope`. No method is special: `OPTIONS` needs a token too, so put CORS
 * before it.
 *
 * Put it on the app (`app.use`), with public routes in a router before it, or named by `skip`. On a
 * router of `@koa/router` that has a prefix, `router.use(authenticate(…))` can be evaded: the router
 * compares the paths of routes without case, and the prefix of `use` with case, so that `GET /V1/x` finds
 * the route and no guard, unless the router is made with `sensitive: true`. `assertGuarded(app)` finds
 * that at start-up.
 *
 * Throws `ConfigurationError` at once when the options are not right.
 */
export function authenticate(
  resourceServerOptions: AnyResourceServerOptions,
  options?: AuthenticateOptions & OfEveryRequest,
): RequiredAuthenticateMiddleware;
export function authenticate(
  resourceServerOptions: AnyResourceServerOptions,
  options?: AuthenticateOptions,
): AuthenticateMiddleware;
// A separate, generic overload: editors then offer the options only, without the methods of a server.
export function authenticate<Claims>(
  resourceServerOrOptions: ResourceServer<Claims> | AnyResourceServerOptions,
  options?: AuthenticateOptions & OfEveryRequest,
): RequiredAuthenticateMiddleware;
export function authenticate<Claims>(
  resourceServerOrOptions: ResourceServer<Claims> | AnyResourceServerOptions,
  options?: AuthenticateOptions,
): AuthenticateMiddleware;
export function authenticate(
  resourceServerOrOptions: ResourceServer<unknown> | AnyResourceServerOptions,
  options?: AuthenticateOptions,
): AuthenticateMiddleware {
  const mode = admissionMode(resourceServerOrOptions, options, { delegates: 'throw', show });

  const middleware: KoaMiddleware = function authenticate(context, next) {
    let admitted: ReturnType<typeof admitRequest>;
    try {
      // `originalUrl`, since routers and mounts shorten `url`.
      const { req, res: response, originalUrl } = context;
      const view = nodeRequestView(req, originalUrl, { identity: context, response });
      admitted = admitRequest(context, view, mode);
    } catch (error) {
      return respond(context, answerRefusal(error, mode));
    }
    if (!isThenable(admitted)) return next();
    const refused = (error: unknown) => respond(context, answerRefusal(error, mode));
    return admitted.then(() => next(), refused);
  };
  const { resourceServer, optional, skip } = mode;
  return Object.assign(middleware, { resourceServer, optional, skip });
}

function show(context: KoaContext, principal: Principal | undefined): void {
  const state: { principal?: Principal | undefined } = context.state;
  state.principal = principal;
}
