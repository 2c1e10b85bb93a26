import { mustBe } from '../lib/option-checks.ts';
import type { TokenClaims } from '../model/principal.ts';
import { claimOf, listOf, stringOf } from './internal/claim-readers.ts';
import {
  audienceProvider,
  type OwnOptionNames,
  presetOptions,
} from './internal/define-provider.ts';
import { classifyByEntra, entraScopes } from './internal/entra-classify.ts';
import { type EntraOptions, entraIssuer } from './internal/entra-issuer.ts';
import { PLAIN_TYPE } from './internal/type-policies.ts';
import type { AudienceProvider, Classification, Classify } from './provider.ts';

const OPTIONS: OwnOptionNames<EntraOptions> = {
  tenant: true,
  tenants: true,
  issuer: true,
  version: mustBe.notNull("version: 'v2'"),
};

/**
 * Microsoft Entra ID: `entra('<tenant id>')` for tokens of version 2, `entra({ tenant, version: 'v1' })`
 * for version 1, `entra({ tenants: ['<id>', '<id>'] })` for an API of many tenants (with `version: 'v1'`
 * for version 1).
 *
 * - Provider: in the API's manifest set `requestedAccessTokenVersion` to 2 (null, the default, or 1
 *   gives v1), and add to the access token the optional claims `idtyp`, with `include_user_token`, and
 *   `xms_sub_fct` and `xms_act_fct`, the only marks of agents.
 * - Rule: `xms_sub_fct` with `13` → client: an agent's own user account, which has `idtyp` `user` too.
 *   Else `idtyp` `app` (and no scopes) → client, `user` → user, others → refused. Without it: a scope
 *   and `oid` other than `sub` → user; no scope and `oid` equal to `sub`, or `xms_sub_fct` with `11` →
 *   client. Values of these claims stand in any order, and unknown ones are ignored.
 * - Agents: a client has `agent: true` where the facets say that it is an agent. A user has an `actor` with
 *   `profile: 'agent'` where `xms_act_fct` has the facet of an agent, or `xms_par_app_azp` is there; its id is
 *   `azp` or `appid`. Without these optional claims agents cannot be recognized.
 * - User id: `oid`, which is the same for all applications (`sub` is not). Client id: `azp` in v2,
 *   `appid` in v1; of an agent's user account `subject` is its `oid`. Set `name` if tokens may change
 *   their version: their `iss` changes with it.
 * - Authority: `scp` (`/` alone, as agents carry it, is no scope), `roles`, `groups`, tenant `tid`.
 * - Pitfalls: `roles` holds app roles of users and application permissions of clients: separate them
 *   by allowed member types. Without "assignment required" any application of the tenant gets a
 *   token for your API: require a role. `groups` is left out by Entra when there are too many.
 * - Checks that `tid` is an accepted tenant, that `iss` names the same tenant, and that Entra does not bind the
 * key to another tenant. `tenants: 'any'` accepts every tenant of the world: require `tenant(…)`,
 * or look the
 *   tenant up. `principal.key` then holds `<tid>/<oid>`.
 * - An API with a signing key of its own needs `jwksUri` with `?appid=`.
 * - A token for Microsoft Graph (its `aud`, and a `nonce` in its header) can only be verified by Graph: the
 *   caller has to ask for a scope of your API. External ID (`ciamlogin.com`) is read by its issuer; B2C
 *   (`b2clogin.com`) has other claims and needs `custom`.
 *
 * Per documentation as of September 2026:
 * https://learn.microsoft.com/en-us/entra/identity-platform/access-token-claims-reference
 * https://learn.microsoft.com/en-us/entra/identity-platform/optional-claims-reference
 * https://learn.microsoft.com/en-us/entra/identity-platform/claims-validation
 * https://learn.microsoft.com/en-us/entra/agent-id/agent-token-claims
 *
 * @throws ConfigurationError for a bad tenant or issuer, or bad key options.
 */
export function entra(target: string | EntraOptions): AudienceProvider {
  const options: EntraOptions = presetOptions(
    'entra',
    typeof target === 'string' ? targetOf(target) : target,
    OPTIONS,
    "tenant: '<directory (tenant) id>'",
  );
  const { isAccepted, issuer, keys, keyServes, names, version } = entraIssuer(options);
  const clientIdClaim = version === 'v2' ? 'azp' : 'appid';
  const classifyToken: Classify = (claims) =>
    classifyByEntra(claims, stringOf(claims, clientIdClaim));
  return audienceProvider(
    {
      preset: 'entra',
      issuer,
      keys,
      types: PLAIN_TYPE,
      requiredClaims: ['aud', 'sub', 'oid', 'tid', clientIdClaim],
      accepts: (claims) => isAccepted(claimOf(claims, 'tid')),
      keyServes,
      ...(names && { names }),
      classify:
        names === undefined
          ? classifyToken
          : (claims, header) => withTenant(classifyToken(claims, header), claims),
      authority: {
        scopes: entraScopes,
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
