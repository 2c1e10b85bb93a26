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

export const requireScope: Guards['requireScope'] = guards.requireScope;
export const requireAnyScope: Guards['requireAnyScope'] = guards.requireAnyScope;
export const requirePermission: Guards['requirePermission'] = guards.requirePermission;
export const requireRole: Guards['requireRole'] = guards.requireRole;
export const requireGroup: Guards['requireGroup'] = guards.requireGroup;
export const requireTenant: Guards['requireTenant'] = guards.requireTenant;
export const requireUser: Guards['requireUser'] = guards.requireUser;
export const requireClient: Guards['requireClient'] = guards.requireClient;
export const requireActor: Guards['requireActor'] = guards.requireActor;
export const requireAuthenticationContext: Guards['requireAuthenticationContext'] =
  guards.requireAuthenticationContext;
export const requireAuthorizationDetail: Guards['requireAuthorizationDetail'] =
  guards.requireAuthorizationDetail;
