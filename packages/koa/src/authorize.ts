import type { ClientPrincipal, Principal, Requirement, UserPrincipal } from '@authly/core';
import {
  admissionOf,
  answerRefusal,
  checkRequirement,
  type GuardMakers,
  guardMakers,
  guardRequest,
} from '@authly/core/adapter';
import type { KoaContextOf, KoaMiddleware, KoaNext } from './framework.ts';
import { respond } from './respond.ts';

/** A guard with its requirement, from which documentation can be made. */
export interface Guard extends KoaMiddleware {
  readonly requirement: Requirement;
}

/**
 * A guard that lets one kind of caller through: in the handlers after it, of the same route or the same
 * chain of `app.use`, `ctx.state.principal` is of that kind.
 */
export type KindGuard<P extends Principal> = Guard &
  ((context: KoaContextOf<P>, next: KoaNext) => unknown);

/**
 * Makes a guard of a requirement, for an app, a router or a route after `authenticate`. Without
 * `authenticate` before it, a request is a programming error (500), not a 401. Throws
 * `ConfigurationError` when the argument is not a requirement.
 */
export function authorize(requirement: Requirement): Guard {
  const guard: KoaMiddleware = function authorize(context, next) {
    try {
      guardRequest(context, requirement);
    } catch (error) {
      return respond(context, answerRefusal(error, admissionOf(context)));
    }
    return next();
  };
  return Object.assign(guard, { requirement: checkRequirement(requirement) });
}

type Guards = GuardMakers<Guard, KindGuard<UserPrincipal>, KindGuard<ClientPrincipal>>;
const guards: Guards = guardMakers(authorize);

/** Every one of these scopes (RFC 6750 §3.1). */
export const requireScope: Guards['requireScope'] = guards.requireScope;
/** One of these scopes. */
export const requireAnyScope: Guards['requireAnyScope'] = guards.requireAnyScope;
/** Every one of these permissions. */
export const requirePermission: Guards['requirePermission'] = guards.requirePermission;
/** Every one of these roles. */
export const requireRole: Guards['requireRole'] = guards.requireRole;
/** Every one of these groups. */
export const requireGroup: Guards['requireGroup'] = guards.requireGroup;
/** One of these tenants. */
export const requireTenant: Guards['requireTenant'] = guards.requireTenant;
/** A user, in person or through an agent. */
export const requireUser: Guards['requireUser'] = guards.requireUser;
/** A client: any, or one of these. */
export const requireClient: Guards['requireClient'] = guards.requireClient;
/** Somebody must act for the subject: anybody, or one of these (RFC 8693 §4.1). */
export const requireActor: Guards['requireActor'] = guards.requireActor;
/** A strong or recent enough sign-in (RFC 9470). */
export const requireAuthenticationContext: Guards['requireAuthenticationContext'] =
  guards.requireAuthenticationContext;
/** An authorization detail of this type that passes the test (RFC 9396). */
export const requireAuthorizationDetail: Guards['requireAuthorizationDetail'] =
  guards.requireAuthorizationDetail;
