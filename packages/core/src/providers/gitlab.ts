import { ConfigurationError } from '../model/errors.ts';
import type { TokenClaims } from '../model/principal.ts';
import { claimOf, has, noScopes, stringOf } from './internal/claim-readers.ts';
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

/** Options of {@link gitlab}: whose jobs may call, or an instance of your own. */
export type GitlabOptions = ProviderOptions &
  (
    | {
        /** Default `https://gitlab.com`. */
        readonly issuer?: string | undefined;
        /** Numeric ids of the groups or users, directly above the projects, whose jobs may call. */
        readonly namespaceIds: readonly string[];
        /** Numeric ids of the projects whose jobs may call. Left out: all of the namespaces'. */
        readonly projectIds?: readonly string[];
      }
    | {
        readonly issuer?: string | undefined;
        readonly namespaceIds?: readonly string[];
        readonly projectIds: readonly string[];
      }
    | {
        /** An instance of your own, all of whose projects may call. */
        readonly issuer: string;
        readonly namespaceIds?: never;
        readonly projectIds?: never;
      }
  );

const OPTIONS: OwnOptionNames<GitlabOptions> = {
  issuer: true,
  namespaceIds: true,
  projectIds: true,
};

/**
 * Jobs of GitLab CI/CD, by their `id_tokens`: `gitlab({ projectIds: ['20'] })`.
 *
 * - **Every project on gitlab.com can get a token for your audience**: say whose may call, by `projectIds` or
 *   `namespaceIds`. On an instance of your own both may be left out. Ids, since paths can be given up and
 *   taken by others: Settings, General, Project ID. A subgroup has an id of its own.
 * - Caller: `id_tokens: { ORDERS_TOKEN: { aud: https://api.acme.com } }` in the job.
 * - Rule: always a client, with `project_id`, `namespace_id`, `pipeline_id` and `job_id`. What people get from
 *   GitLab's own sign-in has the same issuer and none of these.
 * - **A job that runs in another project than its code is from is refused**: in pipelines for merge requests
 *   from a fork, `project_id` is the fork's, and `job_project_id` is that of the project whose runners run the
 *   job. Older instances write no `job_project_id`. Still older ones write the project's id instead of the
 *   fork's: there the code of a fork can call as the project.
 * - Client id: `project_id`. Tenant: `namespace_id`. No scopes. `sub` names path and ref, in a form that the
 *   project can choose: decide on `ref_path`, `ref_protected`, `environment` and the like by `claim()`.
 * - Pitfall: `user_login`, `user_email` and `user_access_level` name the person who started the pipeline. They
 *   do not make this a user's token.
 *
 * Per documentation and source as of November 2026:
 * https://docs.gitlab.com/ci/secrets/id_token_authentication/
 * https://gitlab.com/gitlab-org/gitlab (lib/gitlab/ci/jwt.rb, jwt_v2.rb)
 *
 * @throws ConfigurationError for a bad issuer, no list for gitlab.com, ids that are bad or `undefined`, or
 * bad key options.
 */
export function gitlab(options: GitlabOptions): AudienceProvider {
  const {
    issuer: givenIssuer = GITLAB_COM,
    namespaceIds,
    projectIds,
  } = presetOptions('gitlab', options, OPTIONS, "projectIds: ['20']");
  refuseUndefined('gitlab', options, 'namespaceIds', "['72']");
  refuseUndefined('gitlab', options, 'projectIds', "['20']");
  const issuer = checkIssuer('gitlab', givenIssuer, { trailingSlash: 'forbidden' });
  if (issuer === GITLAB_COM && namespaceIds === undefined && projectIds === undefined) {
    throw new ConfigurationError(
      "gitlab: every project on gitlab.com could call; write gitlab({ projectIds: ['20'] }) or gitlab({ namespaceIds: ['72'] })",
    );
  }
  const namespaces = namespaceIds && idSet('gitlab', 'namespaceIds', namespaceIds, "['72']");
  const projects = projectIds && idSet('gitlab', 'projectIds', projectIds, "['20']");
  return audienceProvider(
    {
      preset: 'gitlab',
      issuer,
      keys: openIdMetadata(issuer),
      types: PLAIN_TYPE,
      requiredClaims: ['aud', 'sub', 'namespace_id', 'project_id', 'pipeline_id', 'job_id'],
      accepts: (claims) =>
        ((namespaces === undefined || namespaces.has(claimOf(claims, 'namespace_id'))) &&
          (projects === undefined || projects.has(claimOf(claims, 'project_id')))) ||
        'caller_not_listed',
      classify,
      authority: { scopes: noScopes, tenant: (claims) => stringOf(claims, 'namespace_id') },
      commonAudiences: {
        values: Object.freeze([issuer]),
        advice:
          "Let the job name your API in id_tokens, and write it here: audience: 'https://api.acme.com'",
      },
    },
    options,
  );
}

const GITLAB_COM = 'https://gitlab.com';

const NO_EVIDENCE = asUnknown('namespace_id, pipeline_id or job_id is no id');
const ELSEWHERE = asUnknown('the job runs in another project than its code is from');

function classify(claims: TokenClaims): Classification {
  const ids = ['namespace_id', 'pipeline_id', 'job_id'].map((name) => stringOf(claims, name));
  if (ids.includes(undefined)) return NO_EVIDENCE;
  const project = stringOf(claims, 'project_id');
  if (has(claims, 'job_project_id') && claimOf(claims, 'job_project_id') !== project) {
    return ELSEWHERE;
  }
  return asClient(project, 'a job of a project');
}
