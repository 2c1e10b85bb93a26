import { ConfigurationError } from '../model/errors.ts';
import type { TokenClaims } from '../model/principal.ts';
import { clientIdOf, has, NONE, noScopes, objectOf, stringOf } from './internal/claim-readers.ts';
import {
  audienceProvider,
  type OwnOptionNames,
  type ProviderOptions,
  presetOptions,
} from './internal/define-provider.ts';
import { openIdMetadata } from './internal/discovery-documents.ts';
import { isAboutAccessToken } from './internal/introspected-marks.ts';
import { checkIssuer } from './internal/issuer-url.ts';
import { kindRule, type OperatorRuleOption } from './internal/subject-namespaces.ts';
import { PLAIN_TYPE } from './internal/type-policies.ts';
import type { AudienceProvider } from './provider.ts';

/** Options of {@link zitadel}. */
export type ZitadelOptions = ProviderOptions & {
  /** The instance's domain as URL, without a slash at its end. */
  readonly issuer: string;
  /** Your project's id: its roles are read, and no other's. Without it there are no roles. */
  readonly projectId?: string | undefined;
} & OperatorRuleOption;

const OPTIONS: OwnOptionNames<ZitadelOptions> = {
  issuer: true,
  projectId: true,
  subjectNamespaces: true,
  classify: true,
};

/**
 * ZITADEL: `zitadel({ issuer: 'https://acme.zitadel.cloud', projectId, classify })`.
 *
 * Service users are users, with ids of the same kind, and nothing in the token is documented to tell
 * them from people. A rule on `sub` and `client_id` would not help either: a service user's `sub` is not its
 * `client_id`. So `classify` is required (or `'unknown'`, which refuses every token).
 *
 * - Provider: set the access token type to JWT, and ask for the scopes
 *   `urn:zitadel:iam:user:resourceowner` and `urn:zitadel:iam:org:project:id:<project id>:aud`. Add a
 *   claim by an Action, for example `caller_type`, `human` or `machine` by the user's type.
 * - **Every organization of the instance can run Actions for its own users**, and set that claim as
 *   it likes. Read it only beside your organization's id, in a claim that no Action can set:
 *   ```ts
 *   classify: ({ caller_type: type, 'urn:zitadel:iam:user:resourceowner:id': organization }) => {
 *     if (organization !== '301870000009') return 'refuse';
 *     return type === 'human' ? 'user' : type === 'machine' ? 'client' : 'refuse';
 *   }
 *   ```
 *   Do not decide by `client_id`: for a service user it is its *name*, which its creator chooses freely, even
 *   as the id of your sign-in application.
 * - User id: `sub`; its client: `client_id`, else `azp`. **A service user's client id is `sub`**, which
 *   stays the same by client credentials, JWT profile and after a change of its name.
 * - Authority: no scopes are in the token; roles are the keys of
 *   `urn:zitadel:iam:org:project:<projectId>:roles`. `urn:zitadel:iam:org:project:roles` is not read:
 *   it holds the roles of the project that the *client* belongs to, and any client may name any
 *   project in `aud`. Tenant: `urn:zitadel:iam:user:resourceowner:id`, when that scope was asked for.
 * - Refuses ID tokens and logout tokens, which have the same `typ`, key and `aud`: they lack `jti` or
 *   `nbf`, or carry `nonce`, `at_hash` or `events`.
 * - Introspection: your rule, on the answer's members; `sub`, `client_id`, `jti` and `token_type` are
 *   required. Answers of other servers that are built with its library (zitadel/oidc) lack some of these, and
 *   are refused.
 * - Pitfalls: a role's value says for which organizations it was granted: the preset does not read that; `aud`
 *   lists clients and projects: use your project's id as audience. A machine's token that another client
 *   exchanged is read by your rule like any other.
 *
 * Per documentation, source, and tokens of the library zitadel/oidc 3.52, as of November 2026:
 * https://zitadel.com/docs/apis/openidoauth/claims
 * https://zitadel.com/docs/apis/actions/complement-token
 * https://github.com/zitadel/zitadel (internal/api/oidc/token.go)
 *
 * @throws ConfigurationError for a bad issuer, a missing `classify`, a bad `projectId`, or bad key
 * options.
 */
export function zitadel(options: ZitadelOptions): AudienceProvider {
  const { issuer: givenIssuer, projectId } = presetOptions(
    'zitadel',
    options,
    OPTIONS,
    "issuer: 'https://…', projectId: '301877700001', classify",
  );
  const issuer = checkIssuer('zitadel', givenIssuer);
  if (projectId !== undefined && (typeof projectId !== 'string' || projectId === '')) {
    throw new ConfigurationError(
      "zitadel: projectId must be a string; write projectId: '301877700001'",
    );
  }
  const rule = kindRule('zitadel', options, {
    disjoint: undefined,
    ids: { clientId: (claims) => stringOf(claims, 'sub'), userClientId: clientIdOf },
    exampleClaim: 'caller_type',
    exampleGuard: `claims['${ORGANIZATION}'] !== '<your organization>' ? 'refuse' : `,
  });
  return audienceProvider(
    {
      preset: 'zitadel',
      issuer,
      keys: openIdMetadata(issuer),
      types: PLAIN_TYPE,
      // ID tokens have the same type, key and audience, but neither of these two.
      requiredClaims: ['aud', 'sub', 'jti', 'nbf'],
      accepts: (claims) => !FOREIGN_CLAIMS.some((name) => has(claims, name)),
      classify: rule,
      authority: {
        scopes: noScopes,
        ...(projectId === undefined
          ? {}
          : { roles: (claims: TokenClaims) => rolesOf(claims, projectId) }),
        tenant: (claims) => stringOf(claims, ORGANIZATION),
      },
      introspected: {
        requiredMembers: Object.freeze(['sub', 'client_id', 'jti', 'token_type']),
        accepts: isAboutAccessToken,
        classify: (answer) => rule(answer, {}),
      },
    },
    options,
  );
}

/** The user's organization. Actions cannot set claims of this prefix. */
const ORGANIZATION = 'urn:zitadel:iam:user:resourceowner:id';

/** Claims of ID tokens and of logout tokens. */
const FOREIGN_CLAIMS = ['at_hash', 'nonce', 'events'] as const;

/**
 * Roles of this project only. Any client may add any project to `aud`, but the project's id in this claim's
 * name is ZITADEL's.
 */
function rolesOf(claims: TokenClaims, projectId: string): readonly string[] {
  const roles = objectOf(claims, `urn:zitadel:iam:org:project:${projectId}:roles`);
  return roles === undefined ? NONE : Object.keys(roles);
}
