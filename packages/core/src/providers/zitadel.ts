import { ConfigurationError } from '../model/errors.ts';
import type { TokenClaims } from '../model/principal.ts';
import { NONE, noScopes, objectOf, stringOf } from './internal/claim-readers.ts';
import {
  audienceProvider,
  checkOptions,
  type ProviderOptions,
} from './internal/define-provider.ts';
import { openIdMetadata } from './internal/discovery-documents.ts';
import { checkIssuer } from './internal/issuer-url.ts';
import { kindRule, type OperatorRuleOption } from './internal/subject-namespaces.ts';
import { PLAIN_TYPE } from './internal/type-policies.ts';
import type { AudienceProvider } from './provider.ts';

/** Options of {@link zitadel}. */
export type ZitadelOptions = ProviderOptions & {
  /** The instance's domain as URL, without a slash at its end. */
  readonly issuer: string;
  /** Reads the roles of this project only, from its own claim. */
  readonly projectId?: string | undefined;
} & OperatorRuleOption;

/**
 * ZITADEL: `zitadel({ issuer: 'https://acme.zitadel.cloud', classify })`.
 *
 * Service users are users, with ids of the same kind, and nothing in the token is documented to tell
 * them from people. That no user has a client's id would not help either: a service user's `sub` is
 * not its `client_id`. So `classify` is required (or `'unknown'`, which refuses every token).
 *
 * - Provider: set the access token type to JWT. Add a claim by an Action (v2): for example
 *   `caller_type`, `human` or `machine` by the user's type, and read it:
 *   `classify: ({ caller_type }) => caller_type === 'human' ? 'user' : caller_type === 'machine' ? 'client' : 'refuse'`.
 *   A list of your service users' ids serves for machines, but what is not on it is not yet a person:
 *   name the login applications' `client_id`s too, and refuse the rest.
 * - User id: `sub`. Client id: `client_id`, else `azp`. Authority: no scopes are in the token; roles
 *   are the keys of `urn:zitadel:iam:org:project:roles` (of `projectId`'s claim, when given); tenant
 *   `urn:zitadel:iam:user:resourceowner:id`, when that scope was asked for.
 * - Pitfalls: a role's value says for which organizations it was granted, which is not looked at
 *   here; `aud` lists clients and projects: use your project's id as audience.
 *
 * Per documentation and source as of September 2026:
 * https://zitadel.com/docs/apis/openidoauth/claims
 * https://github.com/zitadel/zitadel (internal/api/oidc/token.go)
 *
 * @throws ConfigurationError for a bad issuer, a missing `classify`, or bad key options.
 */
export function zitadel(options: ZitadelOptions): AudienceProvider {
  const { issuer: givenIssuer, projectId } = checkOptions(
    'zitadel',
    options,
    "issuer: 'https://…', classify",
  );
  const issuer = checkIssuer('zitadel', givenIssuer);
  if (projectId !== undefined && (typeof projectId !== 'string' || projectId === '')) {
    throw new ConfigurationError("zitadel: projectId is a string; write projectId: '301877700001'");
  }
  const rolesClaim =
    projectId === undefined
      ? 'urn:zitadel:iam:org:project:roles'
      : `urn:zitadel:iam:org:project:${projectId}:roles`;
  return audienceProvider(
    {
      preset: 'zitadel',
      issuer,
      keys: openIdMetadata(issuer),
      types: PLAIN_TYPE,
      requiredClaims: ['aud', 'sub'],
      classify: kindRule('zitadel', options, { disjoint: undefined, exampleClaim: 'caller_type' }),
      authority: {
        scopes: noScopes,
        roles: (claims) => rolesOf(claims, rolesClaim),
        tenant: (claims) => stringOf(claims, 'urn:zitadel:iam:user:resourceowner:id'),
      },
    },
    options,
  );
}

function rolesOf(claims: TokenClaims, name: string): readonly string[] {
  const roles = objectOf(claims, name);
  return roles === undefined ? NONE : Object.keys(roles);
}
