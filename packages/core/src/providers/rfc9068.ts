import {
  claimOf,
  has,
  isObject,
  type JsonObject,
  NONE,
  scopeStringOf,
} from './internal/claim-readers.ts';
import {
  audienceProvider,
  issuerOptions,
  type OwnOptionNames,
  type ProviderOptions,
} from './internal/define-provider.ts';
import { anyMetadata } from './internal/discovery-documents.ts';
import { isAboutAccessToken } from './internal/introspected-marks.ts';
import { checkIssuer } from './internal/issuer-url.ts';
import { classifyByJwtProfile, JWT_PROFILE_CLAIMS } from './internal/jwt-profile.ts';
import { ACCESS_TOKEN_TYPE } from './internal/type-policies.ts';
import type { AudienceProvider } from './provider.ts';

/** Options of {@link rfc9068}. */
export type Rfc9068Options = ProviderOptions & {
  /** `iss` of the tokens, exactly as they carry it. */
  readonly issuer: string;
};

const OPTIONS: OwnOptionNames<Rfc9068Options> = {
  issuer: true,
};

/**
 * Any authorization server that follows the JWT profile for access tokens (RFC 9068) to the letter.
 * An explicit choice: the profile does not say how to tell a user from a client, so by choosing it
 * **you assert** that your server puts the client id into `sub` for client credentials, and that no
 * user can get a `sub` that is a client's id.
 *
 * - Provider: issue tokens with `typ: at+jwt` and every claim of §2.2 (`iss`, `exp`, `aud`, `sub`,
 *   `client_id`, `iat`, `jti`); one that lacks any of them is refused.
 * - Rule: `sub` is `client_id` and no claim of a login or person → client; they differ and no
 *   provider's mark of a machine → user; else refused. A token is always refused where a claim (`sub_type`,
 *   `sub_profile`, `idtyp`, `caller_type`, `gty`, `grant_type`) names the other kind, or a grant of the other
 *   kind.
 * - **Token exchange (RFC 8693) and JWT bearer (RFC 7523)**: a machine's token that another client
 *   exchanges has a `sub` other than `client_id`, and reads as a user's. Where the server allows these
 *   grants for machines, have it write a claim of the kind and use `custom`; where it names the grant
 *   in `gty` or `grant_type`, such tokens are refused.
 * - Authority: `scope`; `roles`, `groups`; `entitlements` as permissions (§2.2.3.1): strings, or
 *   SCIM objects with a `value` (RFC 7643 §4.1.2). No tenant.
 * - Refuses a token with `nonce`, whatever its `typ`: it is an ID token of a server that writes `at+jwt` into
 *   ID tokens too.
 * - Pitfall: in tokens of many servers a machine's `sub` is not its client id. An issuer of a server that is
 *   known for this (Auth0, Keycloak, Entra and others) is a `ConfigurationError` here.
 * - Introspection (RFC 7662): the same rule on `sub` and `client_id`, both required; an access token is
 *   told by `token_type`, which **you assert** that your server writes for access tokens alone.
 * - Does not check: that the assertions above are true.
 *
 * Per documentation as of September 2026: https://www.rfc-editor.org/rfc/rfc9068
 *
 * @throws ConfigurationError for a bad issuer or bad key options.
 */
export function rfc9068(target: string | Rfc9068Options): AudienceProvider {
  const options = issuerOptions('rfc9068', target, OPTIONS);
  const issuer = checkIssuer('rfc9068', options.issuer);
  return audienceProvider(
    {
      preset: 'rfc9068',
      issuer,
      keys: anyMetadata(issuer),
      types: ACCESS_TOKEN_TYPE,
      requiredClaims: JWT_PROFILE_CLAIMS,
      // OpenID Connect Core §2: an ID token has it. The profile gives no access token a `nonce`.
      accepts: (claims) => !has(claims, 'nonce'),
      classify: classifyByJwtProfile,
      authority: {
        scopes: (claims) => scopeStringOf(claims, 'scope'),
        permissions: (claims) => scimValuesOf(claims, 'entitlements'),
        roles: (claims) => scimValuesOf(claims, 'roles'),
        groups: (claims) => scimValuesOf(claims, 'groups'),
      },
      introspected: {
        requiredMembers: Object.freeze(['sub', 'client_id', 'token_type']),
        accepts: isAboutAccessToken,
        classify: (answer) => classifyByJwtProfile(answer, {}),
      },
    },
    options,
  );
}

/** A list of strings or of SCIM's complex values. A list that also has anything else counts as empty. */
function scimValuesOf(claims: JsonObject, name: string): readonly string[] {
  const items = claimOf(claims, name);
  if (!Array.isArray(items)) return NONE;
  const values: string[] = [];
  for (const item of items) {
    const value = isObject(item) ? claimOf(item, 'value') : item;
    if (typeof value !== 'string') return NONE;
    values.push(value);
  }
  return values;
}
