import type { TokenClaims } from '../../model/principal.ts';
import { listOf, NONE, objectOf, stringOf } from './claim-readers.ts';

/** The organization that a session token speaks for: `o.id` (version 2) or `org_id` (version 1). */
export function organizationOf(claims: TokenClaims): string | undefined {
  const organization = objectOf(claims, 'o');
  return organization === undefined ? stringOf(claims, 'org_id') : stringOf(organization, 'id');
}

/** The role in that organization as Clerk's SDKs name it: `org:admin`. */
export function organizationRolesOf(claims: TokenClaims): readonly string[] {
  const organization = objectOf(claims, 'o');
  if (organization === undefined) {
    const role = stringOf(claims, 'org_role');
    return role === undefined ? NONE : [role];
  }
  const role = stringOf(organization, 'rol');
  return role === undefined ? NONE : [`org:${role}`];
}

/**
 * Permissions in that organization: `org:<feature>:<permission>`. Version 2 packs them: `fea` names
 * the features (`o:` an organization's, `u:` a user's, `uo:` both), `o.per` the permissions, and
 * `o.fpm` has a number for each feature of the organization: bit *i* of that number stands for permission *i*.
 */
export function organizationPermissionsOf(claims: TokenClaims): readonly string[] {
  const organization = objectOf(claims, 'o');
  if (organization === undefined) return listOf(claims, 'org_permissions');
  const features = partsOf(stringOf(claims, 'fea')).filter(isOrganizationFeature).map(featureName);
  const permissions = partsOf(stringOf(organization, 'per'));
  const masks = partsOf(stringOf(organization, 'fpm'));
  const granted: string[] = [];
  for (const [index, feature] of features.entries()) {
    const mask = maskOf(masks[index]);
    for (const [bit, permission] of permissions.entries()) {
      if ((mask >> BigInt(bit)) & 1n) granted.push(`org:${feature}:${permission}`);
    }
  }
  return granted;
}

function partsOf(list: string | undefined): readonly string[] {
  return list === undefined ? NONE : list.split(',').map((part) => part.trim());
}

function isOrganizationFeature(feature: string): boolean {
  const colon = feature.indexOf(':');
  return colon > 0 && feature.slice(0, colon).includes('o');
}

function featureName(feature: string): string {
  return feature.slice(feature.indexOf(':') + 1);
}

const DECIMAL = /^\d{1,40}$/;

/** A bigint, since there may be more than 32 permissions, and bit operations on numbers work on 32 bits. */
function maskOf(text: string | undefined): bigint {
  return text !== undefined && DECIMAL.test(text) ? BigInt(text) : 0n;
}
