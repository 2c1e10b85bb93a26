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
import { refuseUncalled } from './refuse-uncalled.ts';

/** One name or more. For a list write `authorize(scope(...list))`. */
type Some = readonly [first: string, ...more: string[]];

/** Not a request: `app.get('/me', requireUser, …)`, without the call, does not compile. */
interface NoRequest {
  readonly method?: never;
}

/**
 * The guards that every adapter offers by name. The guards for one kind of caller have types of their
 * own where the framework can hand that kind on to its handlers. An adapter exports each as a constant
 * with its text again: editors show that of the declaration itself, not of its type.
 */
export interface GuardMakers<Guard, UserGuard = Guard, ClientGuard = Guard> {
  /** Every one of these scopes (RFC 6750 §3.1). */
  requireScope(...scopes: Some): Guard;
  /** One of these scopes. */
  requireAnyScope(...scopes: Some): Guard;
  /** Every one of these permissions. */
  requirePermission(...permissions: Some): Guard;
  /** Every one of these roles. */
  requireRole(...roles: Some): Guard;
  /** Every one of these groups. */
  requireGroup(...groups: Some): Guard;
  /** One of these tenants. */
  requireTenant(...tenants: Some): Guard;
  /** A user, in person or through an agent. */
  requireUser(options?: UserOptions & NoRequest): UserGuard;
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
  type Makers = GuardMakers<Guard, UserGuard, ClientGuard>;
  function make(name: keyof Makers, args: readonly unknown[], requirement: () => Requirement) {
    refuseUncalled(name, `${name}(${name === 'requireUser' ? '' : '…'})`, args);
    return authorize(requirement());
  }
  return Object.freeze<Makers>({
    requireScope: (...scopes) => make('requireScope', scopes, () => scope(...scopes)),
    requireAnyScope: (...scopes) => make('requireAnyScope', scopes, () => anyScope(...scopes)),
    requirePermission: (...permissions) =>
      make('requirePermission', permissions, () => permission(...permissions)),
    requireRole: (...roles) => make('requireRole', roles, () => role(...roles)),
    requireGroup: (...groups) => make('requireGroup', groups, () => group(...groups)),
    requireTenant: (...tenants) => make('requireTenant', tenants, () => tenant(...tenants)),
    requireUser: (options) => make('requireUser', [options], () => user(options)),
    requireClient: (...clientIds) => make('requireClient', clientIds, () => client(...clientIds)),
    requireActor: (...ids) => make('requireActor', ids, () => actor(...ids)),
    requireAuthenticationContext: (options) =>
      make('requireAuthenticationContext', [options], () => authenticationContext(options)),
    requireAuthorizationDetail: (type, test) =>
      make('requireAuthorizationDetail', [type], () => authorizationDetail(type, test)),
  });
}
