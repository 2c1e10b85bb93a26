import type { TokenClaims } from '../../model/principal.ts';
import type { Classification } from '../provider.ts';
import { claimOf, has, stringOf } from './claim-readers.ts';
import { asClient, asUnknown, asUser } from './classification.ts';
import { isServiceAccountName, serviceAccountNameOf } from './kind-marks.ts';

/**
 * `jti` since Keycloak 26.2: two letters each for the session, the form of the token and the grant. No
 * mapper can write it. Other ids, as of older releases, have no colon.
 */
const GRANT_IN_ID = /^[a-z]{2}([a-z]{2})([a-z]{2}):/;

/** Client credentials. */
const MACHINE_GRANT = 'cc';

/** Code, implicit, password, device, JWT bearer, CIBA, pre-authorized code, and the like. */
const PERSON_GRANTS: ReadonlySet<string> = new Set(['ac', 'ro', 'dg', 'ci', 'pc', 'ag']);

/**
 * Refresh and token exchange: the subject may be a user or a machine, but a token with a session keeps the
 * marks of the first token, so that its marks decide. After other grants (`na`: a requesting party token or an
 * older exchange; or a grant that is not known here) a session proves nothing.
 */
const GRANTS_WITH_SESSION: ReadonlySet<string> = new Set(['te', 'rt']);

/** A lightweight token leaves out the marks of a service account: their absence proves nothing. */
const LIGHTWEIGHT = 'lt';

const NO_AZP = asUnknown('azp is missing');
const OTHER_CLIENT = asUnknown(
  'client_id, clientId or the name of a service account is that of another client than azp',
);
const LOGIN_OF_MACHINE = asUnknown('auth_time is there, beside the grant or address of a machine');
const ADDRESS_OF_PERSON = asUnknown(
  'jti says a grant of persons, but clientHost, clientAddress or clientId is there',
);
const NO_SUBJECT = asUnknown(
  'a user, but sub is missing: give the client the scope basic, or let its mapper add sub to lightweight tokens',
);
const NO_ADDRESS = asUnknown(
  'the name or clientId of a service account, but neither clientHost nor clientAddress, and jti names no grant of machines',
);
const NO_LOGIN = asUnknown(
  'jti names no grant that tells, and neither clientHost or clientAddress of a machine nor auth_time or sid of a person is there',
);
const NO_AUTH_TIME = asUnknown(
  'jti names no grant that tells, and auth_time is missing: sid alone is no mark of a person here',
);

/**
 * Who an access token of Keycloak speaks for. The grant in `jti` decides, where it belongs to one kind only.
 * Otherwise the marks of a service account and of a login decide. They are weaker: a realm's mappers can write
 * them, and anybody can choose a user name like that of a service account.
 */
export function classifyByKeycloak(claims: TokenClaims): Classification {
  const clientId = stringOf(claims, 'azp');
  if (clientId === undefined) return NO_AZP;
  if (!agrees(claims, 'client_id', clientId) || !agrees(claims, 'clientId', clientId)) {
    return OTHER_CLIENT;
  }
  const [, form, grant] = GRANT_IN_ID.exec(stringOf(claims, 'jti') ?? '') ?? [];
  if (grant === MACHINE_GRANT) {
    return has(claims, 'auth_time')
      ? LOGIN_OF_MACHINE
      : asClient(clientId, 'jti names client credentials');
  }
  if (grant !== undefined && PERSON_GRANTS.has(grant)) {
    return hasAddress(claims) || has(claims, 'clientId')
      ? ADDRESS_OF_PERSON
      : person(claims, clientId, 'jti names a grant of persons');
  }
  const isTold = grant === undefined || (GRANTS_WITH_SESSION.has(grant) && form !== LIGHTWEIGHT);
  return classifyByMarks(claims, clientId, isTold);
}

/** `sessionTells`: whether a session (`sid`) without `auth_time` is a person's. */
function classifyByMarks(
  claims: TokenClaims,
  clientId: string,
  sessionTells: boolean,
): Classification {
  if (hasAddress(claims)) {
    if (has(claims, 'auth_time')) return LOGIN_OF_MACHINE;
    if (isServiceAccountOfAnother(claims, clientId)) return OTHER_CLIENT;
    const isMachine =
      stringOf(claims, 'clientHost') !== undefined ||
      stringOf(claims, 'clientAddress') !== undefined;
    return isMachine
      ? asClient(clientId, 'clientHost or clientAddress of a machine, and no auth_time')
      : NO_ADDRESS;
  }
  if (isServiceAccount(claims)) return NO_ADDRESS;
  if (typeof claimOf(claims, 'auth_time') === 'number') {
    return person(claims, clientId, 'auth_time, and no mark of a service account');
  }
  if (stringOf(claims, 'sid') === undefined) return NO_LOGIN;
  return sessionTells
    ? person(claims, clientId, 'sid, and no mark of a service account')
    : NO_AUTH_TIME;
}

function person(claims: TokenClaims, clientId: string, rule: string): Classification {
  const subject = stringOf(claims, 'sub');
  return subject === undefined ? NO_SUBJECT : asUser(subject, clientId, rule);
}

function agrees(claims: TokenClaims, name: string, clientId: string): boolean {
  return !has(claims, name) || claims[name] === clientId;
}

function hasAddress(claims: TokenClaims): boolean {
  return has(claims, 'clientHost') || has(claims, 'clientAddress');
}

/**
 * Whether the user name is that of another client's service account: after token exchange `azp` is the client
 * that exchanged.
 */
function isServiceAccountOfAnother(claims: TokenClaims, clientId: string): boolean {
  const name = claimOf(claims, 'preferred_username');
  return (
    isServiceAccountName(name) && String(name).toLowerCase() !== serviceAccountNameOf(clientId)
  );
}

/**
 * Whether the token has a mark of a service account. A user name that is not a text counts as one.
 * Introspection adds `username`.
 */
function isServiceAccount(claims: TokenClaims): boolean {
  return (
    has(claims, 'clientId') ||
    ['preferred_username', 'username'].some(
      (name) =>
        has(claims, name) &&
        (typeof claims[name] !== 'string' || isServiceAccountName(claims[name])),
    )
  );
}
