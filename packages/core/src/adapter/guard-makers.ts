import {
  type AuthorizationDetail,
  authorizationDetail,
} from '../requirement/authorization-detail.ts';
import {
  actor,
  type CallerIds,
  client,
  type UserOptions,
  user,
} from '../requirement/caller-kind.ts';
import { group, permission, role, tenant } from '../requirement/membership.ts';
import type { Requirement } from '../requirement/requirement.ts';
import { anyScope, scope } from '../requirement/scope.ts';
import {
  type AuthenticationContextOptions,
  authenticationContext,
} from '../requirement/step-up.ts';

/**
 * The guards that every adapter offers by name. The guards for one kind of caller have types of their
 * own where the framework can hand that kind on to its handlers. An adapter exports each as a constant
 * with its text again: editors show that of the declaration itself, not of its type.
 */
export interface GuardMakers<Guard, UserGuard = Guard, ClientGuard = Guard> {
  /** Every one of these scopes (RFC 6750 §3.1). */
  requireScope(...scopes: readonly string[]): Guard;
  /** One of these scopes. */
  requireAnyScope(...scopes: readonly string[]): Guard;
  /** Every one of these permissions. */
  requirePermission(...permissions: readonly string[]): Guard;
  /** Every one of these roles. */
  requireRole(...roles: readonly string[]): Guard;
  /** Every one of these groups. */
  requireGroup(...groups: readonly string[]): Guard;
  /** One of these tenants. */
  requireTenant(...tenants: readonly string[]): Guard;
  /** A user, in person or through an agent. */
  requireUser(options?: UserOptions): UserGuard;
  /** A client: any, or one of these. */
  requireClient(...clientIds: CallerIds): ClientGuard;
  /** Somebody who acts for the subject: anybody, or one of these (RFC 8693 §4.1). */
  requireActor(...ids: CallerIds): Guard;
  /** A strong or recent enough sign-in (RFC 9470). */
  requireAuthenticationContext(options: AuthenticationContextOptions): Guard;
  /** An authorization detail of this type that passes the test (RFC 9396). */
  requireAuthorizationDetail(type: string, test: (detail: AuthorizationDetail) => boolean): Guard;
}

/** Makes the named guards of an adapter from its `authorize`: `requireScope('a')` is `authorize(scope('a'))`. */
export function guardMakers<Guard, UserGuard = Guard, ClientGuard = Guard>(
  authorize: (requirement: Requirement) => Guard & UserGuard & ClientGuard,
): GuardMakers<Guard, UserGuard, ClientGuard> {
  return Object.freeze<GuardMakers<Guard, UserGuard, ClientGuard>>({
    requireScope: (...scopes) => authorize(scope(...scopes)),
    requireAnyScope: (...scopes) => authorize(anyScope(...scopes)),
    requirePermission: (...permissions) => authorize(permission(...permissions)),
    requireRole: (...roles) => authorize(role(...roles)),
    requireGroup: (...groups) => authorize(group(...groups)),
    requireTenant: (...tenants) => authorize(tenant(...tenants)),
    requireUser: (options) => authorize(user(options)),
    requireClient: (...clientIds) => authorize(client(...clientIds)),
    requireActor: (...ids) => authorize(actor(...ids)),
    requireAuthenticationContext: (options) => authorize(authenticationContext(options)),
    requireAuthorizationDetail: (type, test) => authorize(authorizationDetail(type, test)),
  });
}
