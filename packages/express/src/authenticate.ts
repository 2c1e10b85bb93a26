import type { AnyResourceServerOptions, ResourceServer } from '@authly/core';
import {
  type AnswerMode,
  type AuthenticateInfo,
  type AuthenticateOptionsOf,
  admissionMode,
  admitRequest,
  calledByOtherFramework,
  exchangeView,
  isThenable,
  requestMember,
} from '@authly/core/adapter';
import type { ExpressMiddleware, ExpressNext, ExpressResponse } from './framework.ts';
import { showPrincipal } from './principal-property.ts';
import { refuse } from './respond.ts';

/** How {@link authenticate} treats requests that it does not admit. */
export type AuthenticateOptions = AuthenticateOptionsOf<'next'>;

/** The middleware that {@link authenticate} makes. */
export interface AuthenticateMiddleware extends ExpressMiddleware, Readonly<AuthenticateInfo> {}

/**
 * Lets requests with a valid access token pass, and says who is calling: `req.principal`, `principalOf(req)`
 * (RFC 6750 §2.1). Makes the checks that `createResourceServer` lists. Does not check what a caller may do:
 * guards such as `requireScope` do. All methods are treated the same: `OPTIONS` needs a token too,
 * so put CORS before it.
 *
 * Put it on the app, after the public routes, or name the public routes by `skip`. Then let
 * `assertGuarded(app)` check at start-up that no route can be reached without it.
 *
 * Throws `ConfigurationError` at once when the options are not right.
 */
export function authenticate(
  resourceServerOptions: AnyResourceServerOptions,
  options?: AuthenticateOptions,
): AuthenticateMiddleware;
// A separate, generic overload: editors then offer the options only, without the methods of a server.
export function authenticate<Claims>(
  resourceServerOrOptions: ResourceServer<Claims> | AnyResourceServerOptions,
  options?: AuthenticateOptions,
): AuthenticateMiddleware;
export function authenticate(
  resourceServerOrOptions: ResourceServer<unknown> | AnyResourceServerOptions,
  options?: AuthenticateOptions,
): AuthenticateMiddleware {
  const framework = { delegates: 'next', show: showPrincipal } as const;
  const mode = admissionMode(resourceServerOrOptions, options, framework);

  const middleware: ExpressMiddleware = function authenticate(request, response, next) {
    if (typeof next !== 'function') throw calledByOtherFramework('authenticate', '@authly/express');
    let admitted: ReturnType<typeof admitRequest>;
    try {
      // `originalUrl`, since routers and mounts shorten `url`.
      const view = exchangeView(request, requestMember(request, 'originalUrl'), response);
      admitted = admitRequest(request, view, mode);
    } catch (error) {
      return refuse(error, mode, { response, next });
    }
    if (!isThenable(admitted)) return next();
    goOnLater(admitted, mode, response, next);
  };
  const { resourceServer, optional, skip } = mode;
  return Object.assign(middleware, { resourceServer, optional, skip });
}

// A separate function: a function that contains closures allocates an object for their variables at each call, even when it
// creates no closure.
function goOnLater(
  admitted: PromiseLike<unknown>,
  mode: AnswerMode,
  response: ExpressResponse,
  next: ExpressNext,
): void {
  const refused = (error: unknown) => refuse(error, mode, { response, next });
  // The last `catch`: an exception of the application's `next` must not end the process.
  admitted.then(() => next(), refused).then(undefined, next);
}
