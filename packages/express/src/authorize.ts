import type { Requirement } from '@authly/core';
import {
  admissionOf,
  calledByOtherFramework,
  checkRequirement,
  type GuardMakers,
  guardMakers,
  guardRequest,
  refuseMore,
  refuseUncalled,
} from '@authly/core/adapter';
import type { ExpressMiddleware } from './framework.ts';
import { refuse } from './respond.ts';

/** A guard with its requirement, from which documentation can be made. */
export interface Guard extends ExpressMiddleware {
  readonly requirement: Requirement;
}

/**
 * Makes a guard of a requirement, for an app, a router or a route after `authenticate`. Without
 * `authenticate` before it, a request is a programming error (500), not a 401. Throws
 * `ConfigurationError` when the argument is not a requirement, or is not the only one.
 */
export function authorize(requirement: Requirement): Guard;
export function authorize(requirement: Requirement, ...more: readonly unknown[]): Guard {
  refuseUncalled('authorize', "authorize(scope('read:users'))", [requirement]);
  refuseMore('authorize', more);
  const guard: ExpressMiddleware = function authorize(request, response, next) {
    if (typeof next !== 'function') throw calledByOtherFramework('authorize', '@authly/express');
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

/**
 * Passes a caller whose token has every one of these scopes (RFC 6750 §3.1); else 403 `insufficient_scope`, whose
 * challenge names all scopes that the route needs. Does not check the kind: users and machines may have scopes. Throws
 * `ConfigurationError` without a scope, or with one that is not of the grammar of RFC 6749 §3.3.
 */
export const requireScope: Guards['requireScope'] = guards.requireScope;
/**
 * Passes a caller whose token has one of these scopes; else 403 `insufficient_scope`, whose challenge names the first.
 * Otherwise as {@link requireScope}.
 */
export const requireAnyScope: Guards['requireAnyScope'] = guards.requireAnyScope;
/**
 * Passes a caller with every one of these permissions, as the issuer's preset reads them; else 403 `forbidden`. Does not
 * check scopes. Throws `ConfigurationError` without a permission, or with one that is not a non-empty string.
 */
export const requirePermission: Guards['requirePermission'] = guards.requirePermission;
/**
 * Passes a caller with every one of these roles, as the issuer's preset reads them (client roles as `orders:admin`);
 * else 403 `forbidden`. Does not check which issuer states them. Throws as {@link requirePermission} does.
 */
export const requireRole: Guards['requireRole'] = guards.requireRole;
/**
 * Passes a caller in every one of these groups; else 403 `forbidden`. Otherwise as {@link requireRole}.
 */
export const requireGroup: Guards['requireGroup'] = guards.requireGroup;
/**
 * Passes a caller of one of these tenants; else 403 `forbidden`. A caller without a tenant does not pass. Otherwise as
 * {@link requireRole}.
 */
export const requireTenant: Guards['requireTenant'] = guards.requireTenant;
/**
 * Passes a user, also one for whom an agent acts, unless `viaActor` says otherwise; else 403 `forbidden`. Does not check
 * scopes, nor whose data is asked for. Throws `ConfigurationError` for an unknown option.
 */
export const requireUser: Guards['requireUser'] = guards.requireUser;
/**
 * Passes a machine in its own name: any, or with ids one of these; else 403 `forbidden`. Does not check which issuer gave
 * the id. Throws `ConfigurationError` for an empty list, and for an id that is not a non-empty string.
 */
export const requireClient: Guards['requireClient'] = guards.requireClient;
/**
 * Passes when somebody acts for the caller (`act`, RFC 8693 §4.1): anybody, or with ids one of these; else 403
 * `forbidden`. Does not check whether the actor is a user or a machine. Throws as {@link requireClient} does.
 */
export const requireActor: Guards['requireActor'] = guards.requireActor;
/**
 * Passes a user whose sign-in was strong or recent enough; else 401 `insufficient_user_authentication` (RFC 9470 §3).
 * `maxAgeSec` is in seconds. Trusts `acr` and `auth_time` of the issuer. Throws `ConfigurationError` for options that are
 * missing, unknown or malformed.
 */
export const requireAuthenticationContext: Guards['requireAuthenticationContext'] =
  guards.requireAuthenticationContext;
/**
 * Passes a caller whose token has an authorization detail of this type (RFC 9396 §9.1) for which the test returns
 * exactly `true`; else 403 `forbidden`. Does not check the other members: the test does. Throws `ConfigurationError` for
 * an empty type, or a test that is no function.
 */
export const requireAuthorizationDetail: Guards['requireAuthorizationDetail'] =
  guards.requireAuthorizationDetail;
