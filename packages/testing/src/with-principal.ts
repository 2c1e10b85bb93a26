import {
  ConfigurationError,
  checkOptions,
  createResourceServer,
  type OptionNames,
  type Principal,
  type ResourceServer,
} from '@authly/core';
import { admissionMode, admitPrincipal } from '@authly/core/adapter';
import { authly } from '@authly/core/providers';
import { cachedTestKey } from './test-key.ts';

/** Options of {@link withPrincipal}. */
export interface WithPrincipalOptions {
  /**
   * The resource server of the request, `authenticate(…).resourceServer`: guards use it, and its `authenticate`
   * lets the request pass. Default: a resource server without `scopeImplies`.
   */
  readonly resourceServer?: ResourceServer<unknown>;
}

const OPTIONS: OptionNames<WithPrincipalOptions> = { resourceServer: true };

/**
 * Marks a request as sent by this caller, without a token, and returns it: for unit tests of handlers and of
 * guards. `principalOf(request)`, `userOf`, `req.principal` (Express) and `ctx.state.principal` (Koa, or any
 * object with a `state`) then give the caller. The request may be a mock, such as `{}`. `undefined` is an
 * anonymous request where authentication is optional.
 *
 * ```ts
 * const req = withPrincipal(createRequest(), aUser({ userId: 'u-17' }));
 * ```
 *
 * It verifies nothing: never call it with a real request. Throws `ConfigurationError` for another order of the arguments.
 */
export function withPrincipal<Request extends object>(
  request: Request,
  principal: Principal | undefined,
  options: WithPrincipalOptions = {},
): Request {
  checkOptions('withPrincipal()', options, OPTIONS);
  checkArguments(request, principal);
  const { resourceServer = defaultServer() } = options;
  const optional = principal === undefined;
  admitPrincipal(request, principal, admissionMode(resourceServer, { optional }, { show }));
  return request;
}

function checkArguments(request: unknown, principal: unknown): void {
  const isExtensible =
    typeof request === 'object' && request !== null && Object.isExtensible(request);
  const isPrincipal =
    typeof principal === 'object' &&
    principal !== null &&
    'kind' in principal &&
    'scopes' in principal;
  if (isExtensible && (principal === undefined || isPrincipal)) return;
  throw new ConfigurationError(
    "withPrincipal() takes a request, which may be {}, and then a principal. Write: withPrincipal(req, aUser({ userId: 'u-17' }))",
  );
}

function show(request: object, principal: Principal | undefined): void {
  const state: unknown = Reflect.get(request, 'state');
  const place = typeof state === 'object' && state !== null ? state : request;
  const property = { value: principal, writable: true, enumerable: true, configurable: true };
  Object.defineProperty(place, 'principal', property);
}

const ISSUER = 'https://with-principal.test';
let server: ResourceServer<unknown> | undefined;

function defaultServer(): ResourceServer<unknown> {
  const { publicJwk } = cachedTestKey(ISSUER, 'ES256');
  server ??= createResourceServer({
    issuer: authly({ issuer: ISSUER, jwks: { keys: [publicJwk] } }),
    audience: 'https://api.test',
  });
  return server;
}
