import type { TokenClaims } from '../model/principal.ts';
import {
  claimOf,
  has,
  listOf,
  NONE,
  objectOf,
  scopeStringOf,
  stringOf,
} from './internal/claim-readers.ts';
import { asClient, asUnknown, asUser } from './internal/classification.ts';
import {
  audienceProvider,
  issuerOptions,
  type OwnOptionNames,
  type ProviderOptions,
} from './internal/define-provider.ts';
import { openIdMetadata } from './internal/discovery-documents.ts';
import { checkIssuer } from './internal/issuer-url.ts';
import { isServiceAccountName, SERVICE_ACCOUNT_PREFIX } from './internal/kind-marks.ts';
import { PLAIN_OR_ACCESS_TOKEN_TYPE } from './internal/type-policies.ts';
import type { AudienceProvider, Classification } from './provider.ts';

/** Options of {@link keycloak}. */
export type KeycloakOptions = ProviderOptions & {
  /** The realm's issuer: `https://sso.acme.com/realms/acme`. */
  readonly issuer: string;
};

const OPTIONS: OwnOptionNames<KeycloakOptions> = {
  issuer: true,
};

/**
 * Keycloak, and Red Hat's build of it: `keycloak('https://sso.acme.com/realms/acme')`.
 *
 * - Provider: add an audience mapper for your API to the clients that call it (without one `aud` is
 *   `account`, or absent). Keep the scopes `basic` and `profile` on login clients: users are known
 *   by `sub` and `preferred_username`. Keep `service_account` on machine clients.
 * - Rule: a client is a service account by two marks: the user name `service-account-<azp>` and
 *   `client_id` (older: `clientId`) equal to `azp`; without a user name, that and `clientHost` or
 *   `clientAddress`. Any mark on its own → refused. A user has `sub` and another user name, and,
 *   where `client_id` is mapped in, a session.
 * - User id: `sub`. Client id: `azp`.
 * - Authority: `scope`; realm roles by their name, client roles as `client:role`. A `:` or `%` in a
 *   realm role's name or a client's id is percent-encoded, so that neither passes for the other.
 * - Pitfalls: a service account is a hidden user, its `sub` is a UUID; `client_id` alone proves
 *   nothing, since admins map it in for everybody; that Keycloak reserves the name prefix is not
 *   documented; lightweight tokens without `preferred_username` are refused.
 * - Checks the payload's `typ`: `Bearer`, or `DPoP` on a token that is bound. ID and refresh tokens
 *   carry the same header.
 * - Bound tokens: by default a client that sends a DPoP proof to the token endpoint gets a token that is
 *   bound to its key (`cnf` has `jkt`, and `kc-jkt-type` beside it). Write `dpop: 'when-bound'`, or they
 *   are refused.
 *
 * Per documentation and source as of September 2026:
 * https://www.keycloak.org/securing-apps/oidc-layers
 * https://www.keycloak.org/docs/latest/server_admin/#_service_accounts
 *
 * @throws ConfigurationError for a bad issuer or bad key options.
 */
export function keycloak(target: string | KeycloakOptions): AudienceProvider {
  const options = issuerOptions('keycloak', target, OPTIONS);
  const issuer = checkIssuer('keycloak', options.issuer, {
    trailingSlash: 'forbidden',
    path: { pattern: /\/realms\/[^/]+$/, example: 'https://sso.acme.com/realms/acme' },
  });
  return audienceProvider(
    {
      preset: 'keycloak',
      issuer,
      keys: openIdMetadata(issuer),
      types: PLAIN_OR_ACCESS_TOKEN_TYPE,
      requiredClaims: ['aud', 'azp', 'typ'],
      accepts: isAccessToken,
      classify,
      authority: { scopes: (claims) => scopeStringOf(claims, 'scope'), roles: rolesOf },
    },
    options,
  );
}

function isAccessToken(claims: TokenClaims): boolean {
  const type = claimOf(claims, 'typ');
  return type === 'Bearer' || (type === 'DPoP' && has(claims, 'cnf'));
}

/** Of a session that a user has signed in to. */
const LOGIN_CLAIMS = ['sid', 'session_state', 'auth_time'] as const;

const NO_AZP = asUnknown('azp is missing');
const CONTRADICTION = asUnknown('some marks of a service account, but not two that agree');
const NO_EVIDENCE = asUnknown('no mark of a user or of a service account');

function classify(claims: TokenClaims): Classification {
  const clientId = stringOf(claims, 'azp');
  if (clientId === undefined) return NO_AZP;
  const username = stringOf(claims, 'preferred_username');
  if (has(claims, 'preferred_username') && username === undefined) return NO_EVIDENCE;
  if (!agrees(claims, 'client_id', clientId) || !agrees(claims, 'clientId', clientId)) {
    return CONTRADICTION;
  }

  const isNamed = has(claims, 'client_id') || has(claims, 'clientId');
  const isLocated = has(claims, 'clientHost') || has(claims, 'clientAddress');
  if (username === undefined) {
    if (isNamed && isLocated) {
      return asClient(clientId, "client_id is azp, and the client's address is there");
    }
    return isLocated || has(claims, 'clientId') ? CONTRADICTION : NO_EVIDENCE;
  }
  if (username.toLowerCase() === SERVICE_ACCOUNT_PREFIX + clientId.toLowerCase()) {
    return isNamed
      ? asClient(clientId, 'the user name is service-account-<azp>, and client_id is azp')
      : CONTRADICTION;
  }
  if (isServiceAccountName(username) || isLocated || has(claims, 'clientId')) return CONTRADICTION;
  // Admins map client_id in for everybody: with it, it takes a mark of a login too.
  if (isNamed && !LOGIN_CLAIMS.some((name) => has(claims, name))) return CONTRADICTION;
  return asUser(
    stringOf(claims, 'sub'),
    clientId,
    'sub and a user name, and no mark of a service account',
  );
}

function agrees(claims: TokenClaims, name: string, clientId: string): boolean {
  return !has(claims, name) || claims[name] === clientId;
}

function rolesOf(claims: TokenClaims): readonly string[] {
  const realm = objectOf(claims, 'realm_access');
  const realmRoles = realm === undefined ? NONE : listOf(realm, 'roles');
  const clients = objectOf(claims, 'resource_access');
  if (clients === undefined) return realmRoles.map(escaped);
  const roles = realmRoles.map(escaped);
  for (const client of Object.keys(clients)) {
    const access = objectOf(clients, client);
    if (access === undefined) continue;
    for (const role of listOf(access, 'roles')) roles.push(`${escaped(client)}:${role}`);
  }
  return roles;
}

/** The first colon divides client and role: no other part of a name may look like it. */
function escaped(name: string): string {
  return name.includes(':') || name.includes('%')
    ? name.replaceAll('%', '%25').replaceAll(':', '%3A')
    : name;
}
