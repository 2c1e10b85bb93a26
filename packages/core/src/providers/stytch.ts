import { mustBe } from '../lib/option-checks.ts';
import { ConfigurationError } from '../model/errors.ts';
import type { TokenClaims } from '../model/principal.ts';
import { listOf, NONE, objectOf, scopeStringOf, stringOf } from './internal/claim-readers.ts';
import { asClient, asUnknown, asUser } from './internal/classification.ts';
import {
  audienceProvider,
  type OwnOptionNames,
  type ProviderOptions,
  presetOptions,
} from './internal/define-provider.ts';
import { keysAt } from './internal/discovery-documents.ts';
import { checkIssuer, checkUrl } from './internal/issuer-url.ts';
import { PLAIN_TYPE } from './internal/type-policies.ts';
import type { AudienceProvider, Classification } from './provider.ts';

/** Options of {@link stytch}. */
export type StytchOptions = ProviderOptions & {
  /** `project-live-…` or `project-test-…`. */
  readonly projectId: string;
  /** Default `stytch.com/<project id>`; with a custom domain its URL. */
  readonly issuer?: string | undefined;
  /** Which of Stytch's two products the project is of. Default `consumer`. */
  readonly product?: 'consumer' | 'b2b' | undefined;
  /** Where Stytch's API is. Default: by the project, live or test. */
  readonly baseUrl?: string | undefined;
};

const OPTIONS: OwnOptionNames<StytchOptions> = {
  projectId: true,
  issuer: true,
  product: mustBe.oneOf(['consumer', 'b2b'], "product: 'b2b'"),
  baseUrl: true,
};

/**
 * Stytch: `stytch('project-live-…')`, and `stytch({ projectId, product: 'b2b' })`.
 *
 * - Audience: every token of a project has the project's id as `aud`, which the preset's result has already, so
 *   `{ issuer: stytch('…') }` is complete. All APIs of one project have the same audience: require scopes.
 * - Rule: `sub` of the form `m2m-client-…` → client; `user-…` or `member-…` → user; else refused.
 * - User id: `sub`; client id: `client_id` of connected apps, a machine's `sub`.
 * - Authority: `scope`; roles and organization of sessions, from the claims
 *   `https://stytch.com/session` and `https://stytch.com/organization`.
 * - Pitfall: a machine can choose the values of its custom claims: a `user_id` in its token proves nothing.
 *
 * Per documentation and source as of September 2026:
 * https://stytch.com/docs/api-reference/consumer/api/m2m/token/get-access-token
 * https://stytch.com/docs/b2b/api/connected-app-access-token
 * https://github.com/stytchauth/stytch-node (lib/shared/sessions.ts)
 *
 * @throws ConfigurationError for a bad project id, issuer or base URL, or bad key options.
 */
export function stytch(
  target: string | StytchOptions,
): AudienceProvider & { readonly audience: string } {
  const options: StytchOptions = presetOptions(
    'stytch',
    typeof target === 'string' ? { projectId: target } : target,
    OPTIONS,
  );
  const { issuer, product = 'consumer' } = options;
  const projectId = projectIdOf(options);
  const base = baseOf(projectId, options.baseUrl);
  const sessions = product === 'b2b' ? 'b2b/sessions' : 'sessions';
  const provider = audienceProvider(
    {
      preset: 'stytch',
      issuer: issuer === undefined ? ISSUER_PREFIX + projectId : issuerOf(issuer, projectId),
      keys: keysAt(`${base}/v1/${sessions}/jwks/${projectId}`),
      types: PLAIN_TYPE,
      requiredClaims: ['aud', 'sub'],
      classify,
      authority: {
        scopes: (claims) => scopeStringOf(claims, 'scope'),
        roles: rolesOf,
        tenant: organizationOf,
      },
    },
    options,
  );
  return Object.freeze({ ...provider, audience: projectId });
}

const ISSUER_PREFIX = 'stytch.com/';

const PROJECT_ID = /^project-(?:live|test)-[\w-]+$/;

function projectIdOf({ issuer, projectId }: StytchOptions): string {
  const id: unknown =
    projectId ??
    (issuer?.startsWith(ISSUER_PREFIX) ? issuer.slice(ISSUER_PREFIX.length) : undefined);
  if (typeof id === 'string' && PROJECT_ID.test(id)) return id;
  throw new ConfigurationError(
    "stytch: projectId is missing, or is not one; write stytch('project-live-…')",
  );
}

function issuerOf(issuer: string, projectId: string): string {
  return issuer === ISSUER_PREFIX + projectId ? issuer : checkIssuer('stytch', issuer);
}

function baseOf(projectId: string, baseUrl: string | undefined): string {
  if (baseUrl !== undefined) {
    const base = checkUrl('stytch', 'baseUrl', baseUrl);
    return base.endsWith('/') ? base.slice(0, -1) : base;
  }
  return projectId.startsWith('project-test-')
    ? 'https://test.stytch.com'
    : 'https://api.stytch.com';
}

const NO_EVIDENCE = asUnknown('sub is neither an M2M client, nor a user or member');

function classify(claims: TokenClaims): Classification {
  const subject = stringOf(claims, 'sub');
  if (subject?.startsWith('m2m-client-')) return asClient(subject, 'sub is an M2M client');
  return subject?.startsWith('user-') || subject?.startsWith('member-')
    ? asUser(subject, stringOf(claims, 'client_id'), 'sub is a user or member')
    : NO_EVIDENCE;
}

function rolesOf(claims: TokenClaims): readonly string[] {
  const session = objectOf(claims, 'https://stytch.com/session');
  return session === undefined ? NONE : listOf(session, 'roles');
}

function organizationOf(claims: TokenClaims): string | undefined {
  const organization = objectOf(claims, 'https://stytch.com/organization');
  return organization && stringOf(organization, 'organization_id');
}
