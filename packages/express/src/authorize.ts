import type { Requirement } from '@authly/core';
import {
  admissionOf,
  checkRequirement,
  type GuardMakers,
  guardMakers,
  guardRequest,
} from '@authly/core/adapter';
import type { ExpressMiddleware } from './framework.ts';
import { refuse } from './respond.ts';

/** A guard, and what it needs: documentation can be made from it. */
export interface Guard extends ExpressMiddleware {
  readonly requirement: Requirement;
}

/**
 * Makes a guard of a requirement, for an app, a router or a route after `authenticate`. Without
 * `authenticate` before it, a request is a programming error (500), not a 401. Throws
 * `ConfigurationError` for what is no requirement.
 */
export function authorize(requirement: Requirement): Guard {
  const guard: ExpressMiddleware = function authorize(request, response, next) {
    try {
      guardRequest(request, requirement);
    } catch (error) {
      return refuse(error, admissionOf(request), { response, next });
    }
    next();
  };
  return Object.assign(guard, { requirement: checkRequirement(requirement) });
}

type Guards = GuardMakers<Guard>;
const guards: Guards = guardMakers<Guard>(authorize);

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
