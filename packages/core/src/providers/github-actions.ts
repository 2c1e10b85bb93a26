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

/** Options of {@link githubActions}. */
export type GithubActionsOptions = ProviderOptions & {
  /**
   * Default `https://token.actions.githubusercontent.com`; on an Enterprise Server
   * `https://HOST/_services/token`.
   */
  readonly issuer?: string | undefined;
  /**
   * Numeric ids of the organizations or users whose workflows may call. Left out: everybody's;
   * `undefined`, a look-up that found nothing, is refused.
   */
  readonly repositoryOwnerIds?: readonly string[];
  /**
   * Numeric ids of the repositories whose workflows may call. Left out: all of the owners';
   * `undefined` is refused.
   */
  readonly repositoryIds?: readonly string[];
};

const OPTIONS: OwnOptionNames<GithubActionsOptions> = {
  issuer: true,
  repositoryOwnerIds: true,
  repositoryIds: true,
};

/**
 * Workflows of GitHub Actions: `githubActions({ repositoryOwnerIds: ['4411'] })`.
 *
 * - **Every repository on GitHub can get a token for your audience**: say whose may call, by
 *   `repositoryOwnerIds` or `repositoryIds` here, or by `requireTenant('4411')` on every route. Without
 *   either, a stranger's workflow is a client of yours. Ids, since names can be given up and taken by
 *   others: `gh api /orgs/ORG --jq .id`, `gh api /repos/ORG/REPO --jq .id`.
 * - Caller: `permissions: id-token: write`, and the request names your API's audience.
 * - Rule: always a client, with `repository_id` and `repository_owner_id`.
 * - Client id: `sub`. It names the branch, and the repository's owner can change its form: decide on
 *   `job_workflow_ref` and the like by `claim()`. Tenant: `repository_owner_id`. No scopes.
 * - Pitfall: `actor` is the login of the person who started the workflow. It is not an actor of RFC 8693 and
 *   does not make this a user's token.
 *
 * Per documentation as of September 2026:
 * https://docs.github.com/en/actions/reference/security/oidc
 *
 * @throws ConfigurationError for a bad issuer, ids that are bad or `undefined`, or bad key options.
 */
export function githubActions(options: GithubActionsOptions = {}): AudienceProvider {
  const {
    issuer: givenIssuer = ISSUER,
    repositoryIds,
    repositoryOwnerIds,
  } = presetOptions('githubActions', options, OPTIONS, "repositoryOwnerIds: ['4411']");
  refuseUndefined('githubActions', options, 'repositoryOwnerIds', "['4411']");
  refuseUndefined('githubActions', options, 'repositoryIds', "['90210']");
  const issuer = checkIssuer('githubActions', givenIssuer, { trailingSlash: 'forbidden' });
  const owners =
    repositoryOwnerIds &&
    idSet('githubActions', 'repositoryOwnerIds', repositoryOwnerIds, "['4411']");
  const repositories =
    repositoryIds && idSet('githubActions', 'repositoryIds', repositoryIds, "['90210']");
  return audienceProvider(
    {
      preset: 'githubActions',
      issuer,
      keys: openIdMetadata(issuer),
      types: PLAIN_TYPE,
      requiredClaims: ['aud', 'sub', 'repository_id', 'repository_owner_id'],
      accepts: (claims) =>
        ((owners === undefined || owners.has(claimOf(claims, 'repository_owner_id'))) &&
          (repositories === undefined || repositories.has(claimOf(claims, 'repository_id')))) ||
        'caller_not_listed',
      classify,
      authority: {
        scopes: noScopes,
        tenant: (claims) => stringOf(claims, 'repository_owner_id'),
      },
    },
    options,
  );
}

const ISSUER = 'https://token.actions.githubusercontent.com';

const NO_EVIDENCE = asUnknown('repository_id or repository_owner_id is missing');

function classify(claims: TokenClaims): Classification {
  const isWorkflow =
    stringOf(claims, 'repository_id') !== undefined &&
    stringOf(claims, 'repository_owner_id') !== undefined;
  return isWorkflow ? asClient(stringOf(claims, 'sub'), 'a workflow of a repository') : NO_EVIDENCE;
}
