import type { TokenClaims } from '../../model/principal.ts';
import type { TokenHeader } from '../../model/token-header.ts';
import { claimOf, has, stringOf } from './claim-readers.ts';

/** Claims of a login or of a person (RFC 9068 §2.2.1 and §2.2.2, OpenID Connect Core §5.1). */
const USER_CLAIMS: ReadonlySet<string> = new Set([
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
]);

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
const OTHER_PROVIDERS_CLAIMS: ReadonlySet<string> = new Set(['p1.rid', 'typ']);

/** How Keycloak names the user behind a service account. */
export const SERVICE_ACCOUNT_PREFIX = 'service-account-';

/** What a claim's value says, if it is there. */
type Mark = (value: unknown, claims: TokenClaims) => boolean;

const isSubject: Mark = (value, claims) => value === stringOf(claims, 'sub');
const isNotUser: Mark = (value) => value !== 'user';
const isPresent: Mark = () => true;

/** Claims that say that a machine is calling, by the conventions of any provider. */
const CLIENT_MARKS: ReadonlyMap<string, Mark> = new Map<string, Mark>([
  // Keycloak adds these to tokens of service accounts only.
  ['clientId', isPresent],
  ['clientHost', isPresent],
  ['clientAddress', isPresent],
  ['idtyp', isNotUser],
  ['sub_profile', isNotUser],
  ['sub_type', isNotUser],
  ['gty', namesClientCredentials],
  ['grant_type', namesClientCredentials],
  ['sub', isMachineSubject],
  // Under these, providers state the client's id.
  ['client_id', isSubject],
  ['azp', isSubject],
  ['cid', isSubject],
  ['appid', isSubject],
  ['preferred_username', isServiceAccountName],
  ['username', isServiceAccountName],
  ['email', (value) => typeof value === 'string' && value.endsWith('.gserviceaccount.com')],
]);

/** Whether the token carries a claim of a login or of a person, of whatever type. */
export function hasUserMark(claims: TokenClaims): boolean {
  return hasOneOf(USER_CLAIMS, claims);
}

/** Whether the token is of a provider that has a preset of its own, and needs it. */
export function isOfAnotherProvider(claims: TokenClaims): boolean {
  return hasOneOf(OTHER_PROVIDERS_CLAIMS, claims);
}

/**
 * Whether anything in the token says that a machine is calling, by the conventions of any provider:
 * such a token must not be read as a user's by a rule that has no positive evidence of its own.
 */
export function hasClientMark(claims: TokenClaims, header: TokenHeader): boolean {
  // Going through the token's few claims costs a quarter of asking for every mark by its name.
  for (const name in claims) {
    const mark = CLIENT_MARKS.get(name);
    if (mark?.(claims[name], claims) === true && has(claims, name)) return true;
  }
  return namesClientCredentials(claimOf(header, 'gty'));
}

function hasOneOf(names: ReadonlySet<string>, claims: TokenClaims): boolean {
  for (const name in claims) if (names.has(name) && has(claims, name)) return true;
  return false;
}

function isMachineSubject(subject: unknown): boolean {
  if (typeof subject !== 'string') return false;
  return (
    subject.endsWith('@clients') ||
    MACHINE_SUBJECT_PREFIXES.some((prefix) => subject.startsWith(prefix))
  );
}

/** Whether a user name is of the form that Keycloak gives to service accounts. */
export function isServiceAccountName(name: unknown): boolean {
  return typeof name === 'string' && name.toLowerCase().startsWith(SERVICE_ACCOUNT_PREFIX);
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
