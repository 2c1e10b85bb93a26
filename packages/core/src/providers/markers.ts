import type { TokenClaims } from '../principal.ts';
import type { TokenHeader } from './provider.ts';
import { claimOf, has, stringOf } from './readers.ts';

/** Claims of a login or of a person (RFC 9068 §2.2.1 and §2.2.2, OpenID Connect Core §5.1). */
const USER_CLAIMS = [
  'auth_time',
  'acr',
  'amr',
  'sid',
  'nonce',
  'at_hash',
  'idp',
  'email',
  'email_verified',
  'phone_number',
  'preferred_username',
  'username',
  'upn',
  'name',
  'given_name',
  'family_name',
] as const;

/** Claims under which providers state the client's id. */
const CLIENT_ID_CLAIMS = ['client_id', 'azp', 'cid', 'appid'] as const;

/** Claims that Keycloak adds to tokens of service accounts only. */
const SERVICE_ACCOUNT_CLAIMS = ['clientId', 'clientHost', 'clientAddress'] as const;

/** Subjects that providers give to machines only. */
const MACHINE_SUBJECT_PREFIXES = [
  'system:serviceaccount:',
  'spiffe://',
  '(age!',
  'mch_',
  'm2m-client-',
] as const;

/**
 * Claims in every token of a provider whose machines only its own preset can tell: PingOne's may have
 * any mapped `sub`, Keycloak's have a user's. Behind a domain of its own nothing else shows that such
 * a token is read by the wrong preset.
 */
const OTHER_PROVIDERS_CLAIMS = ['p1.rid', 'typ'] as const;

/** How Keycloak names the user behind a service account. */
export const SERVICE_ACCOUNT_PREFIX = 'service-account-';

/** Whether the token carries a claim of a login or of a person, of whatever type. */
export function hasUserMarker(claims: TokenClaims): boolean {
  return USER_CLAIMS.some((name) => has(claims, name));
}

/** Whether the token is of a provider that has a preset of its own, and needs it. */
export function isOfAnotherProvider(claims: TokenClaims): boolean {
  return OTHER_PROVIDERS_CLAIMS.some((name) => has(claims, name));
}

/**
 * Whether anything in the token says that a machine is calling, by the conventions of any provider:
 * such a token must not be read as a user's by a rule that has no positive evidence of its own.
 */
export function hasClientMarker(claims: TokenClaims, header: TokenHeader): boolean {
  if (SERVICE_ACCOUNT_CLAIMS.some((name) => has(claims, name))) return true;
  if (isOther(claims, 'idtyp') || isOther(claims, 'sub_profile') || isOther(claims, 'sub_type')) {
    return true;
  }
  if (
    namesClientCredentials(claimOf(claims, 'gty')) ||
    namesClientCredentials(claimOf(claims, 'grant_type')) ||
    namesClientCredentials(claimOf(header, 'gty'))
  ) {
    return true;
  }
  return hasMachineName(claims);
}

function hasMachineName(claims: TokenClaims): boolean {
  const subject = stringOf(claims, 'sub');
  if (subject !== undefined) {
    if (subject.endsWith('@clients')) return true;
    if (MACHINE_SUBJECT_PREFIXES.some((prefix) => subject.startsWith(prefix))) return true;
    if (CLIENT_ID_CLAIMS.some((name) => claimOf(claims, name) === subject)) return true;
  }
  return (
    isServiceAccountName(stringOf(claims, 'preferred_username')) ||
    isServiceAccountName(stringOf(claims, 'username')) ||
    stringOf(claims, 'email')?.endsWith('.gserviceaccount.com') === true
  );
}

/** Whether a user name is of the form that Keycloak gives to service accounts. */
export function isServiceAccountName(name: string | undefined): boolean {
  return name?.toLowerCase().startsWith(SERVICE_ACCOUNT_PREFIX) === true;
}

/** Whether a list of grants, or a single one, names client credentials; a wrong type counts too. */
export function namesClientCredentials(grants: unknown): boolean {
  if (grants === undefined) return false;
  if (typeof grants === 'string') return isClientCredentials(grants);
  return (
    !Array.isArray(grants) ||
    grants.some((grant) => typeof grant !== 'string' || isClientCredentials(grant))
  );
}

function isClientCredentials(grant: string): boolean {
  return grant === 'client_credentials' || grant === 'client-credentials';
}

function isOther(claims: TokenClaims, name: string): boolean {
  return has(claims, name) && claims[name] !== 'user';
}
