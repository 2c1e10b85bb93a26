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
import { PLAIN_OR_NO_TYPE } from './internal/type-policies.ts';
import type { AudienceProvider, Classification } from './provider.ts';

/** Options of {@link buildkite}. */
export type BuildkiteOptions = ProviderOptions & {
  /** Ids (UUIDs) of the organizations whose jobs may call. */
  readonly organizationIds: readonly string[];
  /** Ids (UUIDs) of the pipelines whose jobs may call. Left out: all of the organizations'. */
  readonly pipelineIds?: readonly string[];
};

const OPTIONS: OwnOptionNames<BuildkiteOptions> = {
  organizationIds: true,
  pipelineIds: true,
};

/**
 * Jobs of Buildkite: `buildkite({ organizationIds: ['0184990a-477b-4fa8-9968-496074483077'] })`.
 *
 * - **All organizations share the issuer**, and each can get a token for your audience: say whose jobs may
 *   call. Ids, since slugs can be changed and taken by others.
 * - Caller: the ids are in the token if the job asks for them:
 *   `buildkite-agent oidc request-token --audience https://api.acme.com --claim organization_id --claim pipeline_id`.
 * - Rule: always a client, with `organization_id`, `pipeline_id` and `job_id`.
 * - Client id: `pipeline_id`. Tenant: `organization_id`. No scopes. `sub` names slugs, ref, commit and step,
 *   or what the job chose by `--subject-claim`: decide on `build_branch`, `step_key` and the like by `claim()`.
 * - **A pipeline that builds pull requests of third-party forks runs a stranger's code, with tokens of the
 *   pipeline.** Do not list such a pipeline.
 * - Refuses the default audience, `https://buildkite.com/<organization>`, unless you list it.
 *
 * Per documentation as of November 2026:
 * https://buildkite.com/docs/agent/cli/reference/oidc
 *
 * @throws ConfigurationError for ids that are missing, bad or `undefined`, or bad key options.
 */
export function buildkite(options: BuildkiteOptions): AudienceProvider {
  const { organizationIds, pipelineIds } = presetOptions(
    'buildkite',
    options,
    OPTIONS,
    `organizationIds: ${AN_ID}`,
  );
  refuseUndefined('buildkite', options, 'pipelineIds', AN_ID);
  const organizations = idSet('buildkite', 'organizationIds', organizationIds, AN_ID);
  const pipelines = pipelineIds && idSet('buildkite', 'pipelineIds', pipelineIds, AN_ID);
  return audienceProvider(
    {
      preset: 'buildkite',
      issuer: ISSUER,
      keys: openIdMetadata(ISSUER),
      types: PLAIN_OR_NO_TYPE,
      requiredClaims: ['aud', 'sub', 'organization_id', 'pipeline_id', 'job_id'],
      accepts: (claims) =>
        (organizations.has(claimOf(claims, 'organization_id')) &&
          (pipelines === undefined || pipelines.has(claimOf(claims, 'pipeline_id')))) ||
        'caller_not_listed',
      classify,
      authority: { scopes: noScopes, tenant: (claims) => stringOf(claims, 'organization_id') },
    },
    options,
  );
}

const ISSUER = 'https://agent.buildkite.com';

const AN_ID = "['0184990a-477b-4fa8-9968-496074483077']";

const NO_EVIDENCE = asUnknown('organization_id or job_id is no id');

function classify(claims: TokenClaims): Classification {
  const isJob =
    stringOf(claims, 'organization_id') !== undefined && stringOf(claims, 'job_id') !== undefined;
  return isJob ? asClient(stringOf(claims, 'pipeline_id'), 'a job of a pipeline') : NO_EVIDENCE;
}
