import {
  type AnyResourceServerOptions,
  nodeRequestView,
  type RequestView,
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
import type { KoaContext, KoaMiddleware } from './framework.ts';
import { respond } from './respond.ts';

/** How {@link authenticate} treats requests that it does not let in. */
export type AuthenticateOptions = AuthenticateOptionsOf<'throw'>;

/** The middleware that {@link authenticate} makes. */
export interface AuthenticateMiddleware extends KoaMiddleware, Readonly<AuthenticateInfo> {}

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
  { optional = false, onRefusal = 'respond' }: AuthenticateOptions = {},
): AuthenticateMiddleware {
  const mode = admissionMode<KoaContext>(resourceServerOrOptions, {
    optional,
    delegated: onRefusal === 'throw',
    show: ({ state }, principal) => {
      state.principal = principal;
    },
  });

  const middleware: KoaMiddleware = function authenticate(context, next) {
    let admitted: ReturnType<typeof admitRequest>;
    try {
      admitted = admitRequest(context, requestView(context), mode);
    } catch (error) {
      return respond(context, answerRefusal(error, mode));
    }
    if (!isThenable(admitted)) return next();
    const refused = (error: unknown) => respond(context, answerRefusal(error, mode));
    return admitted.then(() => next(), refused);
  };
  return Object.assign(middleware, { resourceServer: mode.resourceServer, optional });
}

// `originalUrl`, since mounting shortens `url`.
function requestView(context: KoaContext): RequestView {
  const exchange = { identity: context, response: context.res };
  return nodeRequestView(context.req, context.originalUrl, exchange);
}
