import {
  type AuthenticationContextOptions,
  type AuthorizationDetail,
  actor,
  admissionOf,
  anyScope,
  authenticationContext,
  authorizationDetail,
  type CallerIds,
  type ClientPrincipal,
  checkRequirement,
  client,
  group,
  type Principal,
  permission,
  type Requirement,
  role,
  scope,
  tenant,
  type UserOptions,
  type UserPrincipal,
  user,
} from '@authly/core';
import type { KoaContextOf, KoaMiddleware, KoaNext } from './framework.ts';
import { refuse } from './refuse.ts';

/** A guard, and what it needs: documentation can be made from it. */
export interface Guard extends KoaMiddleware {
  readonly requirement: Requirement;
}

/**
 * A guard that lets one kind of caller through: in the handlers after it, of the same route or the same
 * chain of `app.use`, `ctx.state.principal` is of that kind.
 */
export type KindGuard<P extends Principal> = Guard & KoaMiddlewareOf<P>;

type KoaMiddlewareOf<P extends Principal> = (context: KoaContextOf<P>, next: KoaNext) => unknown;

/**
 * Makes a guard of a requirement, for an app, a router or a route after `authenticate`. Without
 * `authenticate` before it, a request is a programming error (500), not a 401. Throws
 * `ConfigurationError` for what is no requirement.
 */
export function authorize(requirement: Requirement): Guard {
  const guard: KoaMiddleware = function authorize(context, next) {
    const admission = admissionOf(context);
    if (admission === undefined) {
      throw new Error(
        `A guard (${requirement.description}) ran before authenticate. Write: app.use(authenticate({ … })) before it`,
      );
    }
    const { resourceServer, principal, passed } = admission;
    const error = resourceServer.evaluate(principal, requirement, passed);
    if (error !== undefined) return refuse(error, admission, context);
    passed.push(requirement);
    return next();
  };
  return Object.assign(guard, { requirement: checkRequirement(requirement) });
}

/** Every one of these scopes (RFC 6750 §3.1). */
export function requireScope(...scopes: readonly string[]): Guard {
  return authorize(scope(...scopes));
}

/** One of these scopes. */
export function requireAnyScope(...scopes: readonly string[]): Guard {
  return authorize(anyScope(...scopes));
}

/** Every one of these permissions. */
export function requirePermission(...permissions: readonly string[]): Guard {
  return authorize(permission(...permissions));
}

/** Every one of these roles. */
export function requireRole(...roles: readonly string[]): Guard {
  return authorize(role(...roles));
}

/** Every one of these groups. */
export function requireGroup(...groups: readonly string[]): Guard {
  return authorize(group(...groups));
}

/** One of these tenants. */
export function requireTenant(...tenants: readonly string[]): Guard {
  return authorize(tenant(...tenants));
}

/** A user, in person or through an agent. */
export function requireUser(options?: UserOptions): KindGuard<UserPrincipal> {
  return authorize(user(options));
}

/** A client: any, or one of these. */
export function requireClient(...clientIds: CallerIds): KindGuard<ClientPrincipal> {
  return authorize(client(...clientIds));
}

/** Somebody who acts for the subject: anybody, or one of these (RFC 8693 §4.1). */
export function requireActor(...ids: CallerIds): Guard {
  return authorize(actor(...ids));
}

/** A strong or recent enough sign-in (RFC 9470). */
export function requireAuthenticationContext(options: AuthenticationContextOptions): Guard {
  return authorize(authenticationContext(options));
}

/** An authorization detail of this type that passes the test (RFC 9396). */
export function requireAuthorizationDetail(
  type: string,
  test: (detail: AuthorizationDetail) => boolean,
): Guard {
  return authorize(authorizationDetail(type, test));
}
