import type { AnyResourceServerOptions, Principal, ResourceServer } from '@authly/core';
import {
  type AnswerMode,
  type AuthenticateInfo,
  type AuthenticateOptionsOf,
  admissionMode,
  admitRequest,
  answerRefusal,
  calledByOtherFramework,
  exchangeView,
  isThenable,
} from '@authly/core/adapter';
import type { KoaContext, KoaContextOf, KoaMiddleware, KoaNext } from './framework.ts';
import { respond } from './respond.ts';

/** How {@link authenticate} treats requests that it does not admit. */
export type AuthenticateOptions = AuthenticateOptionsOf<'throw'>;

/** The middleware that {@link authenticate} makes. */
export interface AuthenticateMiddleware extends KoaMiddleware, Readonly<AuthenticateInfo> {}

/** Options with which no anonymous request passes. */
export interface OfEveryRequest {
  readonly optional?: false | undefined;
  readonly skip?: undefined;
}

/**
 * The same, where no anonymous request passes. In the handlers after it, of the same route or of the same chain
 * of `app.use`, the type of `ctx.state.principal` is not `undefined`.
 */
export type RequiredAuthenticateMiddleware = AuthenticateMiddleware &
  ((context: KoaContextOf<Principal>, next: KoaNext) => unknown);

/**
 * Lets requests with a valid access token pass, and says who is calling: `ctx.state.principal`,
 * `principalOf(ctx)` (RFC 6750 §2.1). Makes the checks that `createResourceServer` lists. Does not check what a
 * caller may do: guards such as `requireScope` do. All methods are treated the same: `OPTIONS`
 * needs a token too, so put CORS before it.
 *
 * Put it on the app (`app.use`), with public routes in a router before it, or named by `skip`. Do not use
 * `router.use(authenticate(…))` on a router of `@koa/router` with a prefix: such a router compares the paths of
 * routes without case, but the prefix of `use` with case. So `GET /V1/x` reaches the route and not the guard,
 * unless the router is made with `sensitive: true`. `assertGuarded(app)` finds this mistake at start-up.
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
    if (typeof next !== 'function') throw calledByOtherFramework('authenticate', '@authly/koa');
    let admitted: ReturnType<typeof admitRequest>;
    try {
      // `originalUrl`, since routers and mounts shorten `url`.
      const { req, res: response, originalUrl } = context;
      const view = exchangeView(req, originalUrl, response, context);
      admitted = admitRequest(context, view, mode);
    } catch (error) {
      return respond(context, answerRefusal(error, mode));
    }
    return isThenable(admitted) ? goOnLater(admitted, mode, context, next) : next();
  };
  const { resourceServer, optional, skip } = mode;
  return Object.assign(middleware, { resourceServer, optional, skip });
}

// A separate function: a function that contains closures allocates an object for their variables at each call, even when it
// creates no closure.
function goOnLater(
  admitted: PromiseLike<unknown>,
  mode: AnswerMode,
  context: KoaContext,
  next: KoaNext,
): PromiseLike<unknown> {
  const refused = (error: unknown) => respond(context, answerRefusal(error, mode));
  return admitted.then(() => next(), refused);
}

function show(context: KoaContext, principal: Principal | undefined): void {
  const state: { principal?: Principal | undefined } = context.state;
  state.principal = principal;
}
