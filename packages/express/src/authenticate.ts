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
import type { ExpressMiddleware } from './framework.ts';
import { showPrincipal } from './principal-property.ts';
import { refuse } from './refuse.ts';
import { requestView } from './request-view.ts';

/** How {@link authenticate} treats requests that it does not let in. */
export interface AuthenticateOptions {
  /** Let requests without credentials pass as anonymous; bad credentials are refused all the same. */
  readonly optional?: boolean | undefined;
  /**
   * `respond` (the default) answers a refusal; `next` hands the application's error handling an error
   * with `status`, `headers` and `expose`. The guards after it do the same.
   */
  readonly onRefusal?: 'respond' | 'next' | undefined;
}

const OPTIONS: OptionNames<AuthenticateOptions> = { optional: true, onRefusal: true };

/** The middleware that {@link authenticate} makes. */
export interface AuthenticateMiddleware extends ExpressMiddleware {
  /** For `ready()` at start-up and `close()` at the end. */
  readonly resourceServer: ResourceServer<unknown>;
  /** Whether requests without credentials pass: for documentation. */
  readonly optional: boolean;
}

/**
 * Lets requests with a valid access token in, and says who is calling: `req.principal`,
 * `principalOf(req)` (RFC 6750 §2.1). Checks what `createResourceServer` lists; what a caller may do is
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
  const delegated = onRefusal === 'next';
  const mode = { resourceServer, delegated };

  const middleware: ExpressMiddleware = function authenticate(request, response, next) {
    const earlier = admissionOf(request);
    if (earlier?.resourceServer === resourceServer && (optional || earlier.principal)) {
      return next();
    }
    const letIn = (principal: Principal<unknown> | undefined) => {
      const caller = principal as Principal | undefined;
      // Written out: a spread literal costs a microsecond, a hundred times as much.
      admit(request, { resourceServer, principal: caller, passed: [], delegated });
      showPrincipal(request, caller);
      next();
    };
    const turnAway = (error: unknown) => refuse(error, mode, { response, next });
    let principal: ReturnType<ResourceServer<unknown>['authenticateOptional']>;
    try {
      const view = requestView(request);
      principal = optional
        ? resourceServer.authenticateOptional(view)
        : resourceServer.authenticate(view);
    } catch (error) {
      return turnAway(error);
    }
    // The last catch: what a `next` of somebody's own throws must not end the process.
    if (principal !== undefined && 'then' in principal) {
      Promise.resolve(principal).then(letIn, turnAway).catch(next);
    } else letIn(principal);
  };
  return Object.assign(middleware, { resourceServer, optional });
}
