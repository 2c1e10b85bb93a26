import type { TokenClaims } from '../model/principal.ts';
import { claimOf, has, listOf, NONE, scopeStringOf, stringOf } from './internal/claim-readers.ts';
import { asClient, asUnknown, asUser } from './internal/classification.ts';
import {
  audienceProvider,
  type OwnOptionNames,
  presetOptions,
} from './internal/define-provider.ts';
import { type EntraOptions, entraIssuer } from './internal/entra-issuer.ts';
import { PLAIN_TYPE } from './internal/type-policies.ts';
import type { AudienceProvider, Classification, Classify } from './provider.ts';

const OPTIONS: OwnOptionNames<EntraOptions> = {
  tenant: true,
  tenants: true,
  issuer: true,
  version: true,
};

/**
 * Microsoft Entra ID: `entra('<tenant id>')` for tokens of version 2, `entra({ tenant, version: 'v1' })`
 * for version 1, `entra({ tenants: ['<id>', '<id>'] })` for an API of many tenants (version 2 only).
 *
 * - Provider: in the API's manifest set `requestedAccessTokenVersion` to 2 (null or 1 gives v1), and
 *   add the optional claim `idtyp` to the access token, with `include_user_token`: it is documented
 *   as the most accurate mark, and the only one of agents.
 * - Rule: `idtyp` `app` (and no scopes) → client, `user` → user, others → refused. Without it: a
 *   scope and `oid` other than `sub` → user; no scope and `oid` equal to `sub` → client.
 * - User id: `oid`, which is the same for all applications (`sub` is not). Client id: `azp` in v2,
 *   `appid` in v1. Set `name` if tokens may change their version: their `iss` changes with it.
 * - Authority: `scp` (`/` alone, as agents carry it, is no scope), `roles`, `groups`, tenant `tid`.
 * - Pitfalls: `roles` holds app roles of users and application permissions of clients: separate them
 *   by allowed member types. Without "assignment required" any application of the tenant gets a
 *   token for your API: require a role. `groups` is left out by Entra when there are too many.
 * - Checks that `tid` is an accepted tenant and the one that `iss` names and, with many tenants, that
 *   the key is one that Entra binds to it. `tenants: 'any'` lets in every tenant of the world: require
 *   `tenant(…)`, or look the tenant up. `principal.key` then holds `<tid>/<oid>`.
 * - An API with a signing key of its own needs `jwksUri` with `?appid=`.
 *
 * Per documentation as of September 2026:
 * https://learn.microsoft.com/en-us/entra/identity-platform/access-token-claims-reference
 * https://learn.microsoft.com/en-us/entra/identity-platform/optional-claims-reference
 * https://learn.microsoft.com/en-us/entra/identity-platform/claims-validation
 *
 * @throws ConfigurationError for a bad tenant or issuer, or bad key options.
 */
export function entra(target: string | EntraOptions): AudienceProvider {
  const options: EntraOptions =
    typeof target === 'string' ? targetOf(target) : presetOptions('entra', target, OPTIONS);
  const { isAccepted, issuer, keys, manyTenants, version } = entraIssuer(options);
  const clientIdClaim = version === 'v2' ? 'azp' : 'appid';
  const classifyToken: Classify = (claims) => classify(claims, stringOf(claims, clientIdClaim));
  return audienceProvider(
    {
      preset: 'entra',
      issuer,
      keys,
      types: PLAIN_TYPE,
      requiredClaims: ['aud', 'sub', 'oid', 'tid', clientIdClaim],
      accepts: (claims) => isAccepted(claimOf(claims, 'tid')),
      ...manyTenants,
      classify:
        manyTenants === undefined
          ? classifyToken
          : (claims, header) => withTenant(classifyToken(claims, header), claims),
      authority: {
        scopes: scopesOf,
        roles: (claims) => listOf(claims, 'roles'),
        groups: (claims) => listOf(claims, 'groups'),
        tenant: (claims) => stringOf(claims, 'tid'),
      },
    },
    options,
  );
}

function targetOf(target: string): EntraOptions {
  return target.includes('://') ? { issuer: target } : { tenant: target };
}

/** Object ids are documented as unique under their tenant: with many, the key holds both. */
function withTenant(classification: Classification, claims: TokenClaims): Classification {
  if (classification.kind === 'unknown') return classification;
  const id = classification.kind === 'user' ? classification.userId : classification.clientId;
  return { ...classification, keyId: `${stringOf(claims, 'tid')}/${id}` };
}

const APP_WITH_SCOPES = asUnknown('idtyp is app, but scopes of a user are there');
const OTHER_TYPE = asUnknown('idtyp names neither a user nor an app');
const NO_EVIDENCE = asUnknown('no idtyp, and scp, oid and sub do not agree on a kind');

function classify(claims: TokenClaims, clientId: string | undefined): Classification {
  const objectId = stringOf(claims, 'oid');
  const subject = stringOf(claims, 'sub');
  const scopes = scopesOf(claims);
  if (scopes === undefined || objectId === undefined || subject === undefined) return NO_EVIDENCE;

  if (has(claims, 'idtyp')) {
    const type = claims['idtyp'];
    if (type === 'user') return asUser(objectId, clientId, 'idtyp is user');
    if (type !== 'app') return OTHER_TYPE;
    return scopes.length > 0 ? APP_WITH_SCOPES : asClient(clientId, 'idtyp is app');
  }
  if (scopes.length > 0 && objectId !== subject) {
    return asUser(objectId, clientId, 'scopes are there, and oid is not sub');
  }
  if (scopes.length === 0 && objectId === subject) {
    return asClient(clientId, 'no scopes, and oid is sub');
  }
  return NO_EVIDENCE;
}

/** Agents carry an empty `scp`, or `/`, which grants nothing. */
function scopesOf(claims: TokenClaims): readonly string[] | undefined {
  return claimOf(claims, 'scp') === '/' ? NONE : scopeStringOf(claims, 'scp');
}
