import type { AuthErrorReason } from '../model/reasons.ts';
import { nameArguments } from './arguments.ts';
import { describeNames } from './describe.ts';
import { NO_SCOPES, type Requirement, type Unmet } from './requirement.ts';

const TENANT_MISMATCH: Unmet = Object.freeze({ reason: 'tenant_mismatch' });

/**
 * Every one of these roles, compared exactly (case-sensitively), as the issuer's preset reads them: a client
 * role has its client before it (`orders:admin`) and never counts as a realm role. Unmet: `role_missing`;
 * another scope would not help.
 *
 * Not checked: the kind of the caller, and the issuer. Where several issuers are accepted, a role of one counts
 * like a role of another.
 *
 * @throws ConfigurationError without a role, or with one that is not a non-empty string.
 */
export function role(...roles: readonly string[]): Requirement {
  return authority('role', 'roles', 'role_missing', nameArguments('role', 'role', 'admin', roles));
}

/**
 * Every one of these permissions; otherwise as {@link role}. Unmet: `permission_missing`. The preset says
 * what a permission is for its provider; scopes are not permissions here.
 *
 * @throws ConfigurationError without a permission, or with one that is not a non-empty string.
 */
export function permission(...permissions: readonly string[]): Requirement {
  const needed = nameArguments('permission', 'permission', 'orders:write', permissions);
  return authority('permission', 'permissions', 'permission_missing', needed);
}

/**
 * Membership in every one of these groups; otherwise as {@link role}. Unmet: `group_missing`. Where a provider
 * leaves groups out of large tokens (Entra's overage), members of the group fail here too.
 *
 * @throws ConfigurationError without a group, or with one that is not a non-empty string.
 */
export function group(...groups: readonly string[]): Requirement {
  const needed = nameArguments('group', 'group', 'staff', groups);
  return authority('group', 'groups', 'group_missing', needed);
}

/**
 * One of these tenants, compared exactly (case-sensitively). A caller without a tenant fails.
 * Unmet: `tenant_mismatch`. Not checked: which issuer states the tenant.
 *
 * @throws ConfigurationError without a tenant, or with one that is not a non-empty string.
 */
export function tenant(...ids: readonly string[]): Requirement {
  const listed = nameArguments('tenant', 'tenant', 'acme', ids);
  return Object.freeze<Requirement>({
    description: describeNames('tenant', listed, 'or'),
    scopes: NO_SCOPES,
    evaluate(principal) {
      return principal.tenant !== undefined && listed.includes(principal.tenant)
        ? undefined
        : TENANT_MISMATCH;
    },
  });
}

function authority(
  noun: string,
  member: 'roles' | 'permissions' | 'groups',
  reason: AuthErrorReason,
  needed: readonly string[],
): Requirement {
  const unmet: Unmet = Object.freeze({ reason });
  return Object.freeze<Requirement>({
    description: describeNames(noun, needed, 'and'),
    scopes: NO_SCOPES,
    evaluate(principal) {
      const held = principal[member];
      for (const each of needed) {
        if (!held.includes(each)) return unmet;
      }
      return undefined;
    },
  });
}
