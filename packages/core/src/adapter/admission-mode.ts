import { resourceServerOf } from '../create-resource-server.ts';
import { type CredentialSource, isCredentialSource } from '../http/credential-source.ts';
import type { RequestView } from '../http/request-view.ts';
import { checkOptions, type OptionNames } from '../lib/check-options.ts';
import { mustBe } from '../lib/option-checks.ts';
import { ConfigurationError } from '../model/errors.ts';
import type { Principal } from '../model/principal.ts';
import type { AnyResourceServerOptions } from '../options/options.ts';
import { isResourceServer, type ResourceServer } from '../resource-server.ts';
import { refuseUncalled } from './refuse-uncalled.ts';

/** How requests are admitted. Made once for each call of `authenticate`, not for each request. */
export interface AdmissionMode<Carrier extends object = object> {
  readonly resourceServer: ResourceServer<unknown>;
  /** Whether a request without credentials passes as anonymous. Bad credentials are refused in any case. */
  readonly optional: boolean;
  /** Whether refusals are given to the application's own error handling. */
  readonly delegated: boolean;
  /** Where requests have their token; `undefined` for the `Authorization` header. */
  readonly credentials?: CredentialSource | undefined;
  /**
   * Puts the principal where handlers of the framework expect it. It is called once for each admission, after
   * `admissionOf(carrier)` is set.
   */
  readonly show?: ((carrier: Carrier, principal: Principal | undefined) => void) | undefined;
  /** Says which requests pass as anonymous, without a check of their credentials. */
  readonly skip?: Skip | undefined;
}

/** Says by method and URL whether a request is public, for example `({ url }) => url === '/livez'`. */
export type Skip = (view: RequestView) => boolean;

/**
 * The second argument of an adapter's `authenticate`. `Delegated` is the framework's word for passing an error on: `next`
 * in Express, `throw` in Koa.
 */
export interface AuthenticateOptionsOf<Delegated extends string> {
  /** With `true`, a request without credentials passes as anonymous. Bad credentials are refused in any case. */
  readonly optional?: boolean | undefined;
  /**
   * What happens to a refusal. `respond` (the default) answers it. The other value passes it to the application's error
   * handling, as an error with `status`, `headers` and `expose`. The guards after this `authenticate` do the same.
   */
  readonly onRefusal?: 'respond' | Delegated | undefined;
  /**
   * Where requests have their token: `fromCookie('__Host-at', { origins: […] })`, or
   * `fromHeader('x-forwarded-access-token')`. Default: only the `Authorization` header.
   */
  readonly credentials?: CredentialSource | undefined;
  /**
   * Requests for which this returns `true` pass as anonymous, and their credentials are not checked. For public routes
   * that stand after `authenticate`. Guards still refuse such requests (401).
   *
   * `url` is the path and the query as the client sent them. Compare the whole of it (`url === '/livez'`): a prefix such
   * as `startsWith('/public')` also fits `/publications`. Say what is public and not what is protected: routes are also
   * reached in other capitals, and by a URL in absolute form. `method` is the method of the request line. If middleware changes
   * the method (method-override), routes are chosen by `routedMethod`: then compare both. If `skip` throws or gives a
   * promise, the request fails (500).
   *
   * `describeRequirements` also calls it, once for each route: with the route's method and its path as it is written
   * (`/users/:id`), and without headers.
   */
  readonly skip?: Skip | undefined;
}

/** The part of a mode that depends on the framework, and is the same for each call of `authenticate`. */
export interface FrameworkMode<Carrier extends object, Delegated extends string> {
  /** The value of `onRefusal` that passes refusals to the application, if the framework has one. */
  readonly delegates?: Delegated | undefined;
  readonly show?: AdmissionMode<Carrier>['show'];
}

/** The properties of a middleware that `authenticate` made. */
export interface AuthenticateInfo {
  /** The resource server, to call `ready()` at start-up and `close()` at the end. */
  readonly resourceServer: ResourceServer<unknown>;
  /** Whether requests without credentials pass. Read by `describeRequirements`. */
  readonly optional: boolean;
  /** The option `skip`. Read by `describeRequirements`. */
  readonly skip: Skip | undefined;
}

const AUTHENTICATE_OPTIONS: OptionNames<AuthenticateOptionsOf<string>> = {
  optional: mustBe.trueOrFalse('authenticate({ … }, { optional: true })'),
  onRefusal: true,
  credentials: true,
  skip: true,
};

const OPTIONS_LINE = "authenticate({ … }, { optional: true, skip: ({ url }) => url === '/livez' })";

/**
 * Makes the mode of one call of `authenticate`, from a resource server, or from the options to make one. Throws
 * `ConfigurationError` for wrong options.
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
  } = checkOptions('authenticate()', options, AUTHENTICATE_OPTIONS, OPTIONS_LINE);
  checkOnRefusal(onRefusal, delegates);
  if (credentials !== undefined && !isCredentialSource(credentials)) {
    throw new ConfigurationError(
      "authenticate(): credentials must say where the token is. Write: credentials: fromCookie('__Host-at', { origins: ['https://app.acme.com'] }), or credentials: fromHeader('x-forwarded-access-token')",
    );
  }
  if (skip !== undefined && typeof skip !== 'function') {
    throw new ConfigurationError(
      "authenticate(): skip must be a function. Write: skip: ({ url }) => url === '/livez'",
    );
  }
  const resourceServer: ResourceServer<unknown> = isResourceServer(resourceServerOrOptions)
    ? resourceServerOrOptions
    : resourceServerOf(resourceServerOrOptions, 'authenticate');
  const delegated = onRefusal === delegates;
  return Object.freeze({ resourceServer, optional, delegated, credentials, show, skip });
}

/** Express passes errors on by `next`, Koa by `throw`. The word of the other framework would be ignored. */
function checkOnRefusal(onRefusal: unknown, delegates: string | undefined): void {
  if (onRefusal === 'respond' || (onRefusal === delegates && delegates !== undefined)) return;
  const words = ['respond', ...(delegates === undefined ? [] : [delegates])];
  throw new ConfigurationError(
    `authenticate(): onRefusal must be ${words.map((word) => `'${word}'`).join(' or ')}. Write: authenticate({ … }, { onRefusal: '${words.at(-1)}' })`,
  );
}
