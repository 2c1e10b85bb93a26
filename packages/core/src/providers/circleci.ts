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
import { PLAIN_OR_NO_TYPE } from './internal/type-policies.ts';
import type { AudienceProvider, Classification } from './provider.ts';

/** Options of {@link circleci}. */
export type CircleciOptions = ProviderOptions & {
  /** The organization's id, a UUID: Organization Settings, Overview. */
  readonly organizationId: string;
  /** Ids (UUIDs) of the projects whose jobs may call. Left out: all of the organization's. */
  readonly projectIds?: readonly string[];
  /**
   * The repositories whose changes may start a job, as `github.com/acme/router`. Needed where forks get
   * secrets, because builds of forks count as builds of your project.
   */
  readonly vcsOrigins?: readonly string[];
};

const OPTIONS: OwnOptionNames<CircleciOptions> = {
  organizationId: true,
  projectIds: true,
  vcsOrigins: true,
};

/**
 * Jobs of CircleCI: `circleci({ organizationId: '7f3d9c1e-5b2a-4c8d-9e6f-1a2b3c4d5e6f' })`.
 *
 * - Each organization has an issuer of its own. Say which projects may call, by `projectIds`.
 * - Caller: `circleci run oidc get --claims '{"aud": "https://api.acme.com"}'`. The tokens in
 *   `$CIRCLE_OIDC_TOKEN` have the organization's id as `aud`, for whichever API: an `audience` with nothing but
 *   that id is a `ConfigurationError`.
 * - **A fork's build is your project's**, where "Pass secrets to builds from forked pull requests" is on: then
 *   list your repositories in `vcsOrigins`. Builds by a custom webhook name no repository, and are refused.
 * - Rule: always a client: `sub` begins with the organization and the project, and agrees with
 *   `oidc.circleci.com/project-id`. A job that was rerun with SSH is refused: a person can log in to it.
 * - Client id: `oidc.circleci.com/project-id`. No scopes, no tenant. `sub` also names the person who started
 *   the job. That person is not the caller.
 *
 * Per documentation as of November 2026:
 * https://circleci.com/docs/guides/permissions-authentication/openid-connect-tokens/
 *
 * @throws ConfigurationError for a bad or missing `organizationId`, lists that are bad or `undefined`, or
 * bad key options.
 */
export function circleci(options: CircleciOptions): AudienceProvider {
  const { organizationId, projectIds, vcsOrigins } = presetOptions(
    'circleci',
    options,
    OPTIONS,
    `organizationId: '${AN_ID}'`,
  );
  if (typeof organizationId !== 'string' || !UUID.test(organizationId)) {
    throw new ConfigurationError(
      `circleci: organizationId must be the organization's UUID; write circleci({ organizationId: '${AN_ID}' })`,
    );
  }
  refuseUndefined('circleci', options, 'projectIds', `['${AN_ID}']`);
  refuseUndefined('circleci', options, 'vcsOrigins', AN_ORIGIN);
  const projects = projectIds && idSet('circleci', 'projectIds', projectIds, `['${AN_ID}']`);
  const origins = vcsOrigins && idSet('circleci', 'vcsOrigins', vcsOrigins, AN_ORIGIN);
  const issuer = `https://oidc.circleci.com/org/${organizationId}`;
  return audienceProvider(
    {
      preset: 'circleci',
      issuer,
      keys: openIdMetadata(issuer),
      types: PLAIN_OR_NO_TYPE,
      requiredClaims: ['aud', 'sub', PROJECT],
      accepts: (claims) =>
        ((projects === undefined || projects.has(claimOf(claims, PROJECT))) &&
          (origins === undefined || origins.has(claimOf(claims, ORIGIN)))) ||
        'caller_not_listed',
      classify: (claims) => classify(claims, organizationId),
      authority: { scopes: noScopes },
      commonAudiences: {
        values: Object.freeze([organizationId]),
        advice:
          'Let the job ask by circleci run oidc get --claims \'{"aud": "https://api.acme.com"}\', and write audience: \'https://api.acme.com\'',
      },
    },
    options,
  );
}

const AN_ID = '7f3d9c1e-5b2a-4c8d-9e6f-1a2b3c4d5e6f';
const AN_ORIGIN = "['github.com/acme/router']";

const PROJECT = 'oidc.circleci.com/project-id';
const ORIGIN = 'oidc.circleci.com/vcs-origin';
const SSH_RERUN = 'oidc.circleci.com/ssh-rerun';

const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/;

const OTHER_SUBJECT = asUnknown('sub does not begin with the organization and the project');
const SOMEBODY_INSIDE = asUnknown('the job was rerun with SSH: somebody is inside');

function classify(claims: TokenClaims, organizationId: string): Classification {
  const project = stringOf(claims, PROJECT);
  const start = `org/${organizationId}/project/${project}/`;
  if (stringOf(claims, 'sub')?.startsWith(start) !== true) return OTHER_SUBJECT;
  if (has(claims, SSH_RERUN) && claimOf(claims, SSH_RERUN) !== false) return SOMEBODY_INSIDE;
  return asClient(project, 'a job of a project');
}
