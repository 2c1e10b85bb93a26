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
import { refuseMore } from './refuse-more.ts';
import { refuseUncalled } from './refuse-uncalled.ts';

/** One or more names. To use a list, write `authorize(scope(...list))`. */
type Some = readonly [first: string, ...more: string[]];

/** Excludes requests, so that `app.get('/me', requireUser, …)`, without calling `requireUser`, does not compile. */
interface NoRequest {
  readonly method?: never;
}

/**
 * The named guards that every adapter has. `UserGuard` and `ClientGuard` are the types of the guards for one kind of
 * caller, if the framework can pass the kind on to the types of its handlers.
 *
 * An adapter exports each guard as a constant, and repeats its description there, because editors show the description of
 * a declaration, not of its type.
 */
export interface GuardMakers<Guard, UserGuard = Guard, ClientGuard = Guard> {
  /** Requires all of these scopes (RFC 6750 §3.1). */
  requireScope(...scopes: Some): Guard;
  /** Requires at least one of these scopes. */
  requireAnyScope(...scopes: Some): Guard;
  /** Requires all of these permissions. */
  requirePermission(...permissions: Some): Guard;
  /** Requires all of these roles. */
  requireRole(...roles: Some): Guard;
  /** Requires all of these groups. */
  requireGroup(...groups: Some): Guard;
  /** Requires one of these tenants. */
  requireTenant(...tenants: Some): Guard;
  /** Requires a user, in person or through an agent. */
  requireUser(options?: UserOptions & NoRequest): UserGuard;
  /** Requires a client: any client, or one of these. */
  requireClient(...clientIds: CallerIds): ClientGuard;
  /** Requires that somebody acts for the subject (RFC 8693 §4.1): anybody, or one of these. */
  requireActor(...ids: CallerIds): Guard;
  /** Requires a sign-in that is strong or recent enough (RFC 9470). */
  requireAuthenticationContext(options: AuthenticationContextOptions): Guard;
  /** Requires an authorization detail of this type that passes the test (RFC 9396). */
  requireAuthorizationDetail(type: string, test: (detail: AuthorizationDetail) => boolean): Guard;
}

/** Makes the named guards of an adapter from its `authorize`: `requireScope('a')` is `authorize(scope('a'))`. */
export function guardMakers<Guard, UserGuard = Guard, ClientGuard = Guard>(
  authorize: (requirement: Requirement) => Guard & UserGuard & ClientGuard,
): GuardMakers<Guard, UserGuard, ClientGuard> {
  type Makers = GuardMakers<Guard, UserGuard, ClientGuard>;
  function make(
    name: keyof Makers,
    args: readonly unknown[],
    requirement: () => Requirement,
    more: readonly unknown[] = [],
  ) {
    refuseUncalled(name, `${name}(${name === 'requireUser' ? '' : '…'})`, args);
    refuseMore(name, more);
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
    requireUser: (options, ...more) => make('requireUser', [options], () => user(options), more),
    requireClient: (...clientIds) => make('requireClient', clientIds, () => client(...clientIds)),
    requireActor: (...ids) => make('requireActor', ids, () => actor(...ids)),
    requireAuthenticationContext: (options, ...more) =>
      make('requireAuthenticationContext', [options], () => authenticationContext(options), more),
    requireAuthorizationDetail: (type, test, ...more) =>
      make('requireAuthorizationDetail', [type], () => authorizationDetail(type, test), more),
  });
}
