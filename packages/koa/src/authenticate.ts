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

/**
 * The same where authentication is not optional: in the handlers after it, of the same route or the same
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
 * Throws `ConfigurationError` at once when the options are not right.
 */
export function authenticate(
  resourceServerOrOptions: ResourceServer<unknown> | AnyResourceServerOptions,
  options?: AuthenticateOptions & { readonly optional?: false | undefined },
): RequiredAuthenticateMiddleware;
export function authenticate(
  resourceServerOrOptions: ResourceServer<unknown> | AnyResourceServerOptions,
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
  const { resourceServer, optional } = mode;
  return Object.assign(middleware, { resourceServer, optional });
}

function show(context: KoaContext, principal: Principal | undefined): void {
  const state: { principal?: Principal | undefined } = context.state;
  state.principal = principal;
}
