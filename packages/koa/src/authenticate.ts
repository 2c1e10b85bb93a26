import {
  type AnyResourceServerOptions,
  admissionOf,
  admit,
  checkOptions,
  createResourceServer,
  isResourceServer,
  type OptionNames,
  type Principal,
  type ResourceServer,
} from '@authly/core';
import type { KoaMiddleware } from './framework.ts';
import { refuse } from './refuse.ts';
import { requestView } from './request-view.ts';

/** How {@link authenticate} treats requests that it does not let in. */
export interface AuthenticateOptions {
  /** Let requests without credentials pass as anonymous; bad credentials are refused all the same. */
  readonly optional?: boolean | undefined;
  /**
   * `respond` (the default) answers a refusal; `throw` hands the application's error handling an error
   * with `status`, `headers` and `expose`. The guards after it do the same.
   */
  readonly onRefusal?: 'respond' | 'throw' | undefined;
}

const OPTIONS: OptionNames<AuthenticateOptions> = { optional: true, onRefusal: true };

/** The middleware that {@link authenticate} makes. */
export interface AuthenticateMiddleware extends KoaMiddleware {
  /** For `ready()` at start-up and `close()` at the end. */
  readonly resourceServer: ResourceServer<unknown>;
  /** Whether requests without credentials pass: for documentation. */
  readonly optional: boolean;
}

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
  options: AuthenticateOptions = {},
): AuthenticateMiddleware {
  const { optional = false, onRefusal = 'respond' } = checkOptions(
    'authenticate()',
    options,
    OPTIONS,
  );
  const resourceServer: ResourceServer<unknown> = isResourceServer(resourceServerOrOptions)
    ? resourceServerOrOptions
    : createResourceServer(resourceServerOrOptions);
  const delegated = onRefusal === 'throw';
  const mode = { resourceServer, delegated };

  const middleware: KoaMiddleware = function authenticate(context, next) {
    const earlier = admissionOf(context);
    if (earlier?.resourceServer === resourceServer && (optional || earlier.principal)) {
      return next();
    }
    const letIn = (principal: Principal<unknown> | undefined) => {
      const caller = principal as Principal | undefined;
      context.state.principal = caller;
      // Written out: a spread literal costs a microsecond, a hundred times as much.
      admit(context, { resourceServer, principal: caller, passed: [], delegated });
      return next();
    };
    const turnAway = (error: unknown) => refuse(error, mode, context);
    let principal: ReturnType<ResourceServer<unknown>['authenticateOptional']>;
    try {
      const view = requestView(context);
      principal = optional
        ? resourceServer.authenticateOptional(view)
        : resourceServer.authenticate(view);
    } catch (error) {
      return turnAway(error);
    }
    return principal !== undefined && 'then' in principal
      ? Promise.resolve(principal).then(letIn, turnAway)
      : letIn(principal);
  };
  return Object.assign(middleware, { resourceServer, optional });
}
