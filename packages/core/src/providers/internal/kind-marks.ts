import type { TokenClaims } from '../../model/principal.ts';
import type { TokenHeader } from '../../model/token-header.ts';
import { claimOf, has, stringOf } from './claim-readers.ts';

const NO_HEADER: TokenHeader = Object.freeze({});

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
 * Claims in every token of a provider whose machines only its own preset can recognize: a machine's `sub` can
 * be any mapped value at PingOne, and is a user's at Keycloak. With a custom domain, only these claims show
 * that such a token is read by the wrong preset.
 */
const OTHER_PROVIDERS_CLAIMS = ['p1.rid', 'typ'] as const;

/** How Keycloak names the user behind a service account. */
const SERVICE_ACCOUNT_PREFIX = 'service-account-';

/** Whether a claim's value is a mark of the kind in question. */
type Mark = (value: unknown, claims: TokenClaims) => boolean;

/** The kind that a claim states. `'neither'`: its value is no known name of a kind. */
type StatedKind = 'user' | 'client' | 'neither';

const KIND_NAMES: ReadonlyMap<string, StatedKind> = new Map<string, StatedKind>([
  ['user', 'user'],
  ['human', 'user'],
  ['person', 'user'],
  ['end_user', 'user'],
  ['end-user', 'user'],
  ['client', 'client'],
  ['app', 'client'],
  ['application', 'client'],
  ['machine', 'client'],
  ['service', 'client'],
  ['service_account', 'client'],
  ['service-account', 'client'],
  ['workload', 'client'],
  ['agent', 'client'],
  ['ai_agent', 'client'],
  ['browser_app', 'client'],
  ['native_app', 'client'],
]);

/** Grants in which nobody but the client takes part. */
const MACHINE_GRANTS: ReadonlySet<string> = new Set(['client_credentials', 'client-credentials']);

/** Grants whose subject comes from another token or an assertion, and may be a user or a machine. */
const GRANTS_OF_EITHER: ReadonlySet<string> = new Set([
  'urn:ietf:params:oauth:grant-type:token-exchange',
  'urn:ietf:params:oauth:grant-type:jwt-bearer',
  'urn:ietf:params:oauth:grant-type:saml2-bearer',
  'token_exchange',
  'token-exchange',
  'jwt_bearer',
  'jwt-bearer',
]);

const isSubject: Mark = (value, claims) => value === stringOf(claims, 'sub');
const isPresent: Mark = () => true;

/** For claims that state the kind by a fixed set of values: an unknown value speaks against both kinds. */
const isNotUser: Mark = (value) => value !== 'user';
const isNotClient: Mark = (value) => kindNamed(value) !== 'client';

/** For names that deployments give to claims of their own, where another value may mean anything. */
const isNamedUser: Mark = (value) => kindNamed(value) === 'user';
const isNamedClient: Mark = (value) => kindNamed(value) === 'client';

/** Claims that state the kind or the grant, each with a test for values that are not a user's. */
const STATED_CLIENT_MARKS: ReadonlyMap<string, Mark> = new Map<string, Mark>([
  ['idtyp', isNotUser],
  ['sub_profile', isNotUser],
  ['sub_type', isNotUser],
  ['caller_type', isNamedClient],
  ['principal_type', isNamedClient],
  ['subject_type', isNamedClient],
  ['user_type', isNamedClient],
  ['gty', namesClientCredentials],
  ['grant_type', namesClientCredentials],
]);

/** Claims that state the kind or the grant, each with a test for values that are not a client's. */
const STATED_USER_MARKS: ReadonlyMap<string, Mark> = new Map<string, Mark>([
  ['idtyp', isNotClient],
  ['sub_profile', isNotClient],
  ['sub_type', isNotClient],
  ['caller_type', isNamedUser],
  ['principal_type', isNamedUser],
  ['subject_type', isNamedUser],
  ['user_type', isNamedUser],
  ['gty', namesGrantOfUsers],
  ['grant_type', namesGrantOfUsers],
]);

/** All marks against a user, by the conventions of any provider. */
const CLIENT_MARKS: ReadonlyMap<string, Mark> = new Map<string, Mark>([
  ...STATED_CLIENT_MARKS,
  // Where the subject comes from another token or an assertion, `sub` and the client's id say nothing about the kind.
  ['gty', isGrantAgainstUser],
  ['grant_type', isGrantAgainstUser],
  // Keycloak adds these to tokens of service accounts only.
  ['clientId', isPresent],
  ['clientHost', isPresent],
  ['clientAddress', isPresent],
  ['sub', isMachineSubject],
  // Providers put the client's id into these claims.
  ['client_id', isSubject],
  ['azp', isSubject],
  ['cid', isSubject],
  ['appid', isSubject],
  ['preferred_username', isServiceAccountName],
  ['username', isServiceAccountName],
  ['email', (value) => typeof value === 'string' && value.endsWith('.gserviceaccount.com')],
]);

/** All marks against a client. Any claim of a login or of a person is one. */
const USER_MARKS: ReadonlyMap<string, Mark> = new Map<string, Mark>([
  ...Array.from(USER_CLAIMS, (name): [string, Mark] => [name, isPresent]),
  ...STATED_USER_MARKS,
  ['gty', isGrantAgainstClient],
  ['grant_type', isGrantAgainstClient],
]);

/**
 * Whether anything in the token says that a person is behind it: a claim of a login or of a person, of
 * whatever type, or one that names the kind or the grant. A rule that rests on `sub` and the client's
 * id must not read such a token as a client's.
 */
export function hasUserMark(claims: TokenClaims, header: TokenHeader = NO_HEADER): boolean {
  return hasMark(USER_MARKS, claims) || isGrantAgainstClient(claimOf(header, 'gty'));
}

/**
 * Whether a claim states a kind or a grant that is not a client's. For rules that have other evidence of a
 * client than `sub` and the client's id.
 */
export function statesUser(claims: TokenClaims, header: TokenHeader): boolean {
  return hasMark(STATED_USER_MARKS, claims) || namesGrantOfUsers(claimOf(header, 'gty'));
}

/** Whether a claim states a kind or a grant that is not a user's. */
export function statesClient(claims: TokenClaims, header: TokenHeader): boolean {
  return hasMark(STATED_CLIENT_MARKS, claims) || namesClientCredentials(claimOf(header, 'gty'));
}

/** Whether the token is of a provider that has a preset of its own, and needs it. */
export function isOfAnotherProvider(claims: TokenClaims): boolean {
  return OTHER_PROVIDERS_CLAIMS.some((name) => has(claims, name));
}

/**
 * Whether anything in the token says that a machine is calling, by the conventions of any provider:
 * such a token must not be read as a user's by a rule that has no positive evidence of its own.
 */
export function hasClientMark(claims: TokenClaims, header: TokenHeader): boolean {
  return hasMark(CLIENT_MARKS, claims) || isGrantAgainstUser(claimOf(header, 'gty'));
}

// The loop is over the token's few claims: that costs a quarter of looking up every mark.
function hasMark(marks: ReadonlyMap<string, Mark>, claims: TokenClaims): boolean {
  for (const name in claims) {
    const mark = marks.get(name);
    if (mark?.(claims[name], claims) === true && has(claims, name)) return true;
  }
  return false;
}

function isMachineSubject(subject: unknown): boolean {
  if (typeof subject !== 'string') return false;
  return (
    subject.endsWith('@clients') ||
    MACHINE_SUBJECT_PREFIXES.some((prefix) => subject.startsWith(prefix))
  );
}

/** The user name that Keycloak gives to a client's service account, in lower case. */
export function serviceAccountNameOf(clientId: string): string {
  return `${SERVICE_ACCOUNT_PREFIX}${clientId.toLowerCase()}`;
}

/** Whether a user name is of the form that Keycloak gives to service accounts. */
export function isServiceAccountName(name: unknown): boolean {
  return typeof name === 'string' && name.toLowerCase().startsWith(SERVICE_ACCOUNT_PREFIX);
}

/** Whether a list of grants, or a single one, names client credentials; a wrong type counts too. */
export function namesClientCredentials(grants: unknown): boolean {
  return grants !== undefined && someGrant(grants, (grant) => MACHINE_GRANTS.has(grant));
}

function isGrantAgainstUser(grants: unknown): boolean {
  return (
    grants !== undefined &&
    someGrant(grants, (grant) => MACHINE_GRANTS.has(grant) || GRANTS_OF_EITHER.has(grant))
  );
}

function isGrantAgainstClient(grants: unknown): boolean {
  return grants !== undefined && someGrant(grants, (grant) => !MACHINE_GRANTS.has(grant));
}

function namesGrantOfUsers(grants: unknown): boolean {
  return (
    grants !== undefined &&
    someGrant(grants, (grant) => !MACHINE_GRANTS.has(grant) && !GRANTS_OF_EITHER.has(grant))
  );
}

/**
 * Whether `isSuch` is true of one of the grants. A value that is neither a text nor a non-empty list of texts
 * counts as `true`.
 */
function someGrant(grants: unknown, isSuch: (grant: string) => boolean): boolean {
  if (typeof grants === 'string') return isSuch(grants);
  if (!Array.isArray(grants) || grants.length === 0) return true;
  return grants.some((grant) => typeof grant !== 'string' || isSuch(grant));
}

/** The kind that all values of a claim name (they are separated by spaces); `'neither'` where they differ. */
function kindNamed(value: unknown): StatedKind {
  if (typeof value !== 'string') return 'neither';
  const kinds = new Set(
    value
      .toLowerCase()
      .split(' ')
      .map((name) => KIND_NAMES.get(name) ?? 'neither'),
  );
  const [kind] = kinds;
  return kinds.size === 1 && kind !== undefined ? kind : 'neither';
}
