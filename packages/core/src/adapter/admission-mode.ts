import { createResourceServer } from '../create-resource-server.ts';
import { type CredentialSource, isCredentialSource } from '../http/credential-source.ts';
import type { RequestView } from '../http/request-view.ts';
import { checkOptions, type OptionNames } from '../lib/check-options.ts';
import { ConfigurationError } from '../model/errors.ts';
import type { Principal } from '../model/principal.ts';
import type { AnyResourceServerOptions } from '../options/options.ts';
import { isResourceServer, type ResourceServer } from '../resource-server.ts';
import { refuseUncalled } from './refuse-uncalled.ts';

/** How requests are let in: made once for each `authenticate`, not for each request. */
export interface AdmissionMode<Carrier extends object = object> {
  readonly resourceServer: ResourceServer<unknown>;
  /** Whether requests without credentials pass as anonymous; bad credentials are refused all the same. */
  readonly optional: boolean;
  /** Whether refusals go to the application's own error handling. */
  readonly delegated: boolean;
  /** Where requests carry their token; `undefined` for the `Authorization` header alone. */
  readonly credentials?: CredentialSource | undefined;
  /**
   * Puts the principal where the framework's handlers look for it. Runs once for each admission, when
   * `admissionOf(carrier)` is already there.
   */
  readonly show?: ((carrier: Carrier, principal: Principal | undefined) => void) | undefined;
  /** Says which requests pass without a look at their credentials. */
  readonly skip?: Skip | undefined;
}

/** Says by method and URL whether a request is public: `({ url }) => url === '/livez'`. */
export type Skip = (view: RequestView) => boolean;

/**
 * How an adapter's `authenticate` treats requests that it does not let in. `Delegated` is the
 * framework's own word for an error that is handed on: `next` in Express, `throw` in Koa.
 */
export interface AuthenticateOptionsOf<Delegated extends string> {
  /** Let requests without credentials pass as anonymous; bad credentials are refused all the same. */
  readonly optional?: boolean | undefined;
  /**
   * `respond` (the default) answers a refusal; the other value hands the application's error handling an
   * error with `status`, `headers` and `expose`. The guards after it do the same.
   */
  readonly onRefusal?: 'respond' | Delegated | undefined;
  /**
   * Where requests carry their token: `fromCookie('__Host-at', { origins: […] })`,
   * `fromHeader('x-forwarded-access-token')`. Default: the `Authorization` header, and nowhere else.
   */
  readonly credentials?: CredentialSource | undefined;
  /**
   * Requests for which this returns `true` pass as anonymous, and their credentials are not looked at:
   * for public routes, without a wrapper around `authenticate`. Guards still refuse them (401).
   *
   * `url` is path and query as the client sent them. Compare all of it (`url === '/livez'`): a prefix
   * (`startsWith('/public')`) also fits `/publications`. `method` is that of the request line; where middleware
   * puts another in its place (method-override), routes go by `routedMethod`: compare both. What `skip` throws fails the request (500), and
   * so does a promise.
   *
   * `describeRequirements` asks it once for each route, with the route's method and its path as it is
   * written (`/users/:id`), and no headers.
   */
  readonly skip?: Skip | undefined;
}

/** The part of a mode that depends on the framework, and is the same for each `authenticate`. */
export interface FrameworkMode<Carrier extends object, Delegated extends string> {
  /** The value of `onRefusal` that delegates refusals, where the framework has one. */
  readonly delegates?: Delegated | undefined;
  readonly show?: AdmissionMode<Carrier>['show'];
}

/** What a middleware made by `authenticate` says about itself. */
export interface AuthenticateInfo {
  /** For `ready()` at start-up and `close()` at the end. */
  readonly resourceServer: ResourceServer<unknown>;
  /** Whether requests without credentials pass: for documentation. */
  readonly optional: boolean;
  /** Says which requests pass without a look at their credentials: for documentation. */
  readonly skip: Skip | undefined;
}

const AUTHENTICATE_OPTIONS: OptionNames<AuthenticateOptionsOf<string>> = {
  optional: true,
  onRefusal: true,
  credentials: true,
  skip: true,
};

/**
 * Makes the mode of one `authenticate`, from a resource server or from the options to make one. Throws
 * `ConfigurationError` for options that are not right.
 */
export function admissionMode<Carrier extends object, Delegated extends string = never>(
  resourceServerOrOptions: ResourceServer<unknown> | AnyResourceServerOptions,
  options: AuthenticateOptionsOf<Delegated> = {},
  { delegates, show }: FrameworkMode<Carrier, Delegated> = {},
): AdmissionMode<Carrier> {
  refuseUncalled('authenticate', 'authenticate({ issuer, audience })', [resourceServerOrOptions]);
  const {
    credentials,
    optional = false,
    onRefusal = 'respond',
    skip,
  } = checkOptions('authenticate()', options, AUTHENTICATE_OPTIONS);
  if (credentials !== undefined && !isCredentialSource(credentials)) {
    throw new ConfigurationError(
      "authenticate(): credentials says where the token is. Write: credentials: fromCookie('__Host-at', { origins: ['https://app.acme.com'] }), or credentials: fromHeader('x-forwarded-access-token')",
    );
  }
  if (skip !== undefined && typeof skip !== 'function') {
    throw new ConfigurationError(
      "authenticate(): skip must be a function. Write: skip: ({ url }) => url === '/livez'",
    );
  }
  const resourceServer: ResourceServer<unknown> = isResourceServer(resourceServerOrOptions)
    ? resourceServerOrOptions
    : createResourceServer(resourceServerOrOptions);
  const delegated = onRefusal === delegates;
  return Object.freeze({ resourceServer, optional, delegated, credentials, show, skip });
}
