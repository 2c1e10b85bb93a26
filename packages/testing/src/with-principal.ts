import {
  checkOptions,
  createResourceServer,
  type OptionNames,
  type Principal,
  type ResourceServer,
} from '@authly/core';
import { admissionMode, admitPrincipal } from '@authly/core/adapter';
import { authly } from '@authly/core/providers';
import { cachedTestKey } from './test-key.ts';

/** How a request is let in by {@link withPrincipal}. */
export interface WithPrincipalOptions {
  /**
   * What guards ask, and whose `authenticate` lets the request pass as it is:
   * `authenticate(…).resourceServer`. Default: one that knows no `scopeImplies`.
   */
  readonly resourceServer?: ResourceServer<unknown>;
}

const OPTIONS: OptionNames<WithPrincipalOptions> = { resourceServer: true };

/**
 * Lets a request in as this caller, without a token, and gives it back: for unit tests of handlers and of
 * guards. `principalOf(request)` and its kin find the caller, and so do `req.principal` (Express) and
 * `ctx.state.principal` (Koa: whatever has a `state`). The request may be a mock, such as `{}`.
 * `undefined` is an anonymous request where authentication is optional.
 *
 * ```ts
 * const req = withPrincipal(createRequest(), aUser({ userId: 'u-17' }));
 * ```
 *
 * It verifies nothing: never call it with a request that somebody sent.
 */
export function withPrincipal<Request extends object>(
  request: Request,
  principal: Principal | undefined,
  options: WithPrincipalOptions = {},
): Request {
  checkOptions('withPrincipal()', options, OPTIONS);
  const { resourceServer = defaultServer() } = options;
  const optional = principal === undefined;
  admitPrincipal(request, principal, admissionMode(resourceServer, { optional }, { show }));
  return request;
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
