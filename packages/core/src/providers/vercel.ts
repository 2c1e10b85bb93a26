import { isStringList } from '../lib/json.ts';
import { ConfigurationError } from '../model/errors.ts';
import type { TokenClaims } from '../model/principal.ts';
import { claimOf, noScopes, stringOf } from './internal/claim-readers.ts';
import { asClient, asUnknown } from './internal/classification.ts';
import {
  audienceProvider,
  idSet,
  type OwnOptionNames,
  type ProviderOptions,
  presetOptions,
  refuseUndefined,
} from './internal/define-provider.ts';
import { openIdMetadata } from './internal/discovery-documents.ts';
import { checkIssuer } from './internal/issuer-url.ts';
import { PLAIN_TYPE } from './internal/type-policies.ts';
import type { AudienceProvider, Classification } from './provider.ts';

/** Options of {@link vercel}. */
export type VercelOptions = ProviderOptions & {
  /** `https://oidc.vercel.com/<team>`; `https://oidc.vercel.com` where the project's issuer mode is global. */
  readonly issuer: string;
  /** Ids of the teams, or of the persons, whose projects may call: `team_…`. */
  readonly ownerIds: readonly string[];
  /** Ids of the projects whose deployments may call: `prj_…`. Left out: all of the owners'. */
  readonly projectIds?: readonly string[];
  /** The environments whose deployments may call. Default: `['production']`. `development` is refused. */
  readonly environments?: readonly string[] | undefined;
};

const OPTIONS: OwnOptionNames<VercelOptions> = {
  issuer: true,
  ownerIds: true,
  projectIds: true,
  environments: true,
};

/**
 * Deployments on Vercel: `vercel({ issuer: 'https://oidc.vercel.com/acme', ownerIds: ['team_a1B2'] })`.
 *
 * - **The same service signs for all teams**, and the issuer has a team's slug, which can be given up and taken
 *   by others: say whose deployments may call, by id.
 * - Caller: `exchangeVercelOidcToken({ token, audience: 'https://api.acme.com' })` of `@vercel/oidc`. The token
 *   that a deployment has from the start is for `https://vercel.com/<team>`, for whichever API: an `audience`
 *   with only that value is a `ConfigurationError`. A token that was exchanged for your audience has an `act`
 *   that names nobody.
 * - Rule: always a client, with `owner_id`, `project_id` and `environment`. Only deployments of `production`
 *   may call, unless `environments` lists others: a preview runs the code of any branch. Tokens of
 *   `development` are on somebody's computer, and always refused.
 * - Client id: `project_id`. Tenant: `owner_id`. No scopes. `sub` names team and project by slugs.
 *
 * Per documentation and source as of November 2026:
 * https://vercel.com/docs/oidc/reference
 * https://github.com/vercel/vercel (packages/oidc)
 *
 * @throws ConfigurationError for a bad issuer, ids that are missing, bad or `undefined`, environments that
 * are no list or hold `development`, or bad key options.
 */
export function vercel(options: VercelOptions): AudienceProvider {
  const {
    environments = DEFAULT_ENVIRONMENTS,
    issuer: givenIssuer,
    ownerIds,
    projectIds,
  } = presetOptions('vercel', options, OPTIONS, "issuer: 'https://…', ownerIds: ['team_…']");
  const issuer = checkIssuer('vercel', givenIssuer, {
    trailingSlash: 'forbidden',
    path: { pattern: /^\/[\w-]*$/, example: 'https://oidc.vercel.com/acme' },
  });
  refuseUndefined('vercel', options, 'projectIds', "['prj_…']");
  const owners = idSet('vercel', 'ownerIds', ownerIds, "['team_…']");
  const projects = projectIds && idSet('vercel', 'projectIds', projectIds, "['prj_…']");
  const team = new URL(issuer).pathname.slice(1);
  return audienceProvider(
    {
      preset: 'vercel',
      issuer,
      keys: openIdMetadata(issuer),
      types: PLAIN_TYPE,
      requiredClaims: ['aud', 'sub', 'owner_id', 'project_id', 'environment'],
      accepts: acceptedBy(owners, projects, environmentSet(environments)),
      classify,
      authority: { scopes: noScopes, tenant: (claims) => stringOf(claims, 'owner_id') },
      commonAudiences: {
        values: Object.freeze(team === '' ? [] : [`https://vercel.com/${team}`]),
        advice:
          "Let the deployment ask by exchangeVercelOidcToken({ token, audience: 'https://api.acme.com' }), and write audience: 'https://api.acme.com'",
      },
    },
    options,
  );
}

const DEFAULT_ENVIRONMENTS: readonly string[] = Object.freeze(['production']);

function environmentSet(environments: unknown): ReadonlySet<unknown> {
  if (isStringList(environments) && environments.length > 0) {
    if (!environments.includes('development')) return new Set(environments);
  }
  throw new ConfigurationError(
    "vercel: environments must be a list of environments that run at Vercel, without development; write environments: ['production', 'preview']",
  );
}

function acceptedBy(
  owners: ReadonlySet<unknown>,
  projects: ReadonlySet<unknown> | undefined,
  environments: ReadonlySet<unknown>,
): NonNullable<AudienceProvider['accepts']> {
  return (claims) =>
    (owners.has(claimOf(claims, 'owner_id')) &&
      (projects === undefined || projects.has(claimOf(claims, 'project_id'))) &&
      environments.has(claimOf(claims, 'environment'))) ||
    'caller_not_listed';
}

const NO_EVIDENCE = asUnknown('owner_id or environment is no text');

function classify(claims: TokenClaims): Classification {
  const isDeployment =
    stringOf(claims, 'owner_id') !== undefined && stringOf(claims, 'environment') !== undefined;
  return isDeployment
    ? asClient(stringOf(claims, 'project_id'), 'a deployment of a project')
    : NO_EVIDENCE;
}
