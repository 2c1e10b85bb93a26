import type { TokenClaims } from '../model/principal.ts';
import {
  claimOf,
  has,
  isObject,
  listOf,
  NONE,
  objectOf,
  scopeStringOf,
  stringOf,
} from './internal/claim-readers.ts';
import {
  audienceProvider,
  issuerOptions,
  type OwnOptionNames,
  type ProviderOptions,
} from './internal/define-provider.ts';
import { openIdMetadata } from './internal/discovery-documents.ts';
import { checkIssuer } from './internal/issuer-url.ts';
import { classifyByKeycloak } from './internal/keycloak-classify.ts';
import { PLAIN_OR_ACCESS_TOKEN_TYPE } from './internal/type-policies.ts';
import type { AudienceProvider } from './provider.ts';

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
 * - Provider: add an audience mapper for your API to the clients that call it: without one `aud` is absent, or
 *   it is `account`, as in every client's tokens. Keep the scope `basic` on login clients: it adds `sub`, the
 *   user's id. Keep `service_account` on machine clients.
 * - Rule: the grant that `jti` names since Keycloak 26.2, which no mapper can write: client credentials →
 *   client; code, password, device, JWT bearer, CIBA → user. Where the grant does not decide it (older
 *   releases; refresh, token exchange, requesting party tokens): `clientHost` or `clientAddress`, and no
 *   `auth_time` → client; `auth_time` or `sid`, and no mark of a service account (its user name, `clientHost`,
 *   `clientAddress`, `clientId`) → user. After a grant that leaves out the marks (a requesting party token, a
 *   lightweight one) a `sid` is not enough. Marks of both kinds, or a `client_id` other than `azp` → refused;
 *   `explain` says which mark is missing.
 * - User id: `sub`. Client id: `azp`. A machine's `sub` is the UUID of a hidden user.
 * - Authority: `scope`; realm roles by their name, client roles as `client:role`. A `:` or `%` in the name of a
 *   realm role or in a client's id is percent-encoded, so that a realm role never looks like a client role.
 *   `groups` where a mapper adds them (with their path: `/depots/berlin`); tenant: the organization in
 *   `organization`, by its alias, where the token names exactly one; permissions of a requesting party token as
 *   `<resource>#<scope>`, the resource by its name, or its id where it has no name (`%` and `#` of it
 *   percent-encoded; `<resource>` alone where no scope was granted).
 * - Pitfalls: **the name `service-account-…` is not reserved**: a person can register under it, and it
 *   proves nothing. `client_id` proves nothing either, because administrators often map it into all tokens.
 *   Before release 26.2, where a mapper changes the user names of machines, keep the scope `service_account`:
 *   only its claims tell machines from persons. An exchanged token of a machine has no mark, and is refused.
 *   A token does not show that an administrator impersonates the user. Token exchange can give more scopes than
 *   the first token had.
 * - Checks the payload's `typ`: `Bearer`, or `DPoP` on a token that is bound. ID and refresh tokens
 *   carry the same header. Before release 24 access tokens had a `nonce` too.
 * - Introspection: the rule and marks of its JWTs; an answer about a lightweight token holds what the
 *   token leaves out (`jwts: 'answer'`). `active` is true only where **the client that asks is in the
 *   token's `aud`**; answers are never signed. They leave out the address of a machine, so machines of
 *   releases before 26.2, whose `jti` names no grant, are refused.
 * - Sessions: access tokens of users carry `sid`, as logout tokens and security events do.
 * - Bound tokens: by default a client that sends a DPoP proof to the token endpoint gets a token that is
 *   bound to its key (`cnf` has `jkt`, and `kc-jkt-type` beside it). Write `dpop: 'when-bound'`, or they
 *   are refused. Tokens of a client that is set to bind them to its certificate (`x5t#S256`) need `mtls`.
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
      requiredClaims: ['aud', 'azp', 'jti', 'typ'],
      accepts: isAccessToken,
      classify: classifyByKeycloak,
      authority: {
        scopes: (claims) => scopeStringOf(claims, 'scope'),
        permissions: permissionsOf,
        roles: rolesOf,
        groups: (claims) => listOf(claims, 'groups'),
        tenant: organizationOf,
      },
      introspected: {
        requiredMembers: Object.freeze(['azp', 'jti', 'typ']),
        accepts: isAccessToken,
        classify: classifyByKeycloak,
        signsAnswers: false,
      },
      commonAudiences: ACCOUNT_AUDIENCE,
      sidInAccessTokens: true,
    },
    options,
  );
}

const ACCOUNT_AUDIENCE = Object.freeze({
  values: Object.freeze(['account']),
  advice:
    "Add a mapper of type Audience for your API to the clients that call it (Clients, <client>, Client scopes, <client>-dedicated, Add mapper), and write: audience: '<that audience>'",
});

function isAccessToken(claims: TokenClaims): boolean {
  const type = claimOf(claims, 'typ');
  return type === 'Bearer' || (type === 'DPoP' && has(claims, 'cnf'));
}

function rolesOf(claims: TokenClaims): readonly string[] {
  const realm = objectOf(claims, 'realm_access');
  const realmRoles = realm === undefined ? NONE : listOf(realm, 'roles');
  const clients = objectOf(claims, 'resource_access');
  if (clients === undefined) return realmRoles.map(escapedRole);
  const roles = realmRoles.map(escapedRole);
  for (const client of Object.keys(clients)) {
    const access = objectOf(clients, client);
    if (access === undefined) continue;
    for (const role of listOf(access, 'roles')) roles.push(`${escapedRole(client)}:${role}`);
  }
  return roles;
}

/** The organization, where the token names exactly one: a list of aliases, or an object by alias. */
function organizationOf(claims: TokenClaims): string | undefined {
  const value = claimOf(claims, 'organization');
  const aliases = isObject(value) ? Object.keys(value) : listOf(claims, 'organization');
  const [alias] = aliases;
  return aliases.length === 1 && alias !== '' ? alias : undefined;
}

/** Permissions of a requesting party token (UMA). A permission that is not as documented is left out. */
function permissionsOf(claims: TokenClaims): readonly string[] {
  const authorization = objectOf(claims, 'authorization');
  const granted = authorization === undefined ? undefined : claimOf(authorization, 'permissions');
  if (!Array.isArray(granted)) return NONE;
  return granted.flatMap((permission: unknown) => {
    if (!isObject(permission)) return [];
    const resource = stringOf(permission, 'rsname') ?? stringOf(permission, 'rsid');
    if (resource === undefined) return [];
    const name = escaped(resource, '#', '%23');
    if (!has(permission, 'scopes')) return [name];
    return listOf(permission, 'scopes').map((scope) => `${name}#${scope}`);
  });
}

/** The name with its colons escaped: the first colon of a role separates the client from the role. */
function escapedRole(name: string): string {
  return escaped(name, ':', '%3A');
}

function escaped(name: string, divider: string, code: string): string {
  return name.includes(divider) || name.includes('%')
    ? name.replaceAll('%', '%25').replaceAll(divider, code)
    : name;
}
