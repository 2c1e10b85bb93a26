import type { TokenClaims } from '../model/principal.ts';
import type { TokenHeader } from '../model/token-header.ts';
import { claimOf, has, objectOf, scopeListOf, scopeStringOf } from './internal/claim-readers.ts';
import { asUnknown } from './internal/classification.ts';
import {
  audienceProvider,
  type OwnOptionNames,
  type ProviderOptions,
  presetOptions,
} from './internal/define-provider.ts';
import { openIdMetadata } from './internal/discovery-documents.ts';
import { checkIssuer } from './internal/issuer-url.ts';
import { classifyByJwtProfile } from './internal/jwt-profile.ts';
import { hasUserMark } from './internal/kind-marks.ts';
import { kindRule, type SubjectNamespacesOption } from './internal/subject-namespaces.ts';
import { PLAIN_TYPE } from './internal/type-policies.ts';
import type { AudienceProvider, Classification, Classify } from './provider.ts';

/** Options of {@link hydra}. */
export type HydraOptions = ProviderOptions & {
  /** `iss` of the tokens, exactly: with a slash at its end where Hydra writes one. */
  readonly issuer: string;
} & SubjectNamespacesOption;

const OPTIONS: OwnOptionNames<HydraOptions> = {
  issuer: true,
  subjectNamespaces: true,
  classify: true,
};

/**
 * Ory Hydra and Ory Network:
 * `hydra({ issuer: 'https://acme.projects.oryapis.com', subjectNamespaces: 'disjoint' })`.
 *
 * A user's token and a machine's have the same claims, and the log-in app chooses the users' subjects,
 * a client's id too. So you have to say: `subjectNamespaces: 'disjoint'` if your log-in app never
 * accepts a client's id as subject, a `classify` of your own, or `'unknown'`.
 *
 * - Provider: `strategies.access_token: jwt` (opaque is the default). Clients must ask for your API's
 *   `audience` (`resource` is ignored in silence): otherwise `aud` is an empty list, and the token is
 *   refused. Hydra grants audiences by prefix: a client that is registered for `https://api.acme.com` may also
 *   ask for `https://api.acme.com/v1`.
 * - A sound mark is set by the token hook, which Hydra calls for every grant, refreshes included. With
 *   `oauth2.token_hook.url`, and `oauth2.allowed_top_level_claims: [caller_type]`, answer:
 *   ```js
 *   const { request, session } = body;
 *   const grants = request.grant_types;
 *   const type = grants.includes('client_credentials') ? 'machine'
 *     : grants.includes('authorization_code') || grants.includes('refresh_token') ? 'human' : 'other';
 *   return { session: { access_token: { ...session.extra, caller_type: type }, id_token: session.id_token?.id_token_claims?.ext ?? {} } };
 *   ```
 *   and read it:
 *   `classify: ({ caller_type: t }) => (t === 'human' ? 'user' : t === 'machine' ? 'client' : 'refuse')`.
 * - Rule with `'disjoint'`: `sub` is `client_id` and no claim of a person, under `ext` neither →
 *   client; they differ and no mark of a machine → user; else refused. The rule relies on your statement about
 *   the subjects. No session claim can replace `sub` or `client_id`.
 * - User id: `sub`, as your log-in app chose it. Client id: `client_id`.
 * - Authority: `scp` list, or `scope` string where `scope_claim` says so; the two are never merged.
 *   Custom claims are under `ext`. Those that are promoted to the top level are there instead, or in both places.
 * - Refuses ID tokens (`at_hash`, `nonce`, `rat`), also where the consent app gives them a `client_id` and
 *   `scp`, and logout tokens, which have no `client_id`; and, whatever the rule, tokens by
 *   the JWT bearer grant (RFC 7523): their `aud` holds the token endpoint, and their `sub` is any
 *   workload or person that a trusted issuer names.
 * - Introspection, on the admin port and without authentication: the same rule. `token_use` tells an
 *   access token from a refresh token, which is active there, too. Answers are never signed.
 *
 * Per documentation, source, and tokens of version 2.3, as of November 2026:
 * https://www.ory.com/docs/oauth2-oidc/jwt-access-token
 * https://github.com/ory/hydra (oauth2/session.go, oauth2/handler.go)
 *
 * @throws ConfigurationError for a bad issuer, a missing `subjectNamespaces` or `classify`, or bad
 * key options.
 */
export function hydra(options: HydraOptions): AudienceProvider {
  const { issuer: givenIssuer } = presetOptions(
    'hydra',
    options,
    OPTIONS,
    "issuer: 'https://…', subjectNamespaces: 'disjoint'",
  );
  const issuer = checkIssuer('hydra', givenIssuer);
  const rule = withoutAssertions(
    kindRule('hydra', options, { disjoint: classifyDisjoint, exampleClaim: 'caller_type' }),
  );
  return audienceProvider(
    {
      preset: 'hydra',
      issuer,
      keys: openIdMetadata(issuer),
      types: PLAIN_TYPE,
      requiredClaims: ['aud', 'sub', 'client_id', 'jti'],
      // Hydra writes the claim even when no scope was granted. Other servers, such as ZITADEL, leave it out.
      accepts: (claims) => (has(claims, 'scp') || has(claims, 'scope')) && !isIdToken(claims),
      classify: rule,
      authority: { scopes: scopesOf },
      introspected: {
        requiredMembers: Object.freeze(['sub', 'client_id', 'token_use']),
        // `token_type` is Bearer for refresh tokens, too.
        accepts: (answer) => claimOf(answer, 'token_use') === 'access_token' && !isIdToken(answer),
        classify: (answer) => rule(answer, {}),
        signsAnswers: false,
      },
    },
    options,
  );
}

/** Claims of ID tokens, which have the `typ` of access tokens and any claims that the consent app adds. */
const ID_TOKEN_CLAIMS = ['at_hash', 'nonce', 'rat'] as const;

function isIdToken(claims: TokenClaims): boolean {
  return ID_TOKEN_CLAIMS.some((name) => has(claims, name));
}

const ASSERTION = asUnknown('aud holds the token endpoint: a token by an assertion (RFC 7523)');
const CONTRADICTION = asUnknown('sub is client_id, but ext carries claims of a user');

/** Refuses tokens of the JWT bearer grant. Their only mark is `aud`, copied from the assertion: the token endpoint. */
function withoutAssertions(rule: Classify): Classify {
  return (claims, header) => (isByAssertion(claims) ? ASSERTION : rule(claims, header));
}

function isByAssertion(claims: TokenClaims): boolean {
  const audience: unknown = claimOf(claims, 'aud');
  const names: readonly unknown[] = Array.isArray(audience) ? audience : [audience];
  return names.some((name) => typeof name === 'string' && TOKEN_ENDPOINT.test(name));
}

/** Hydra's path; its origin may be another than the issuer's (`urls.self.public`). */
const TOKEN_ENDPOINT = /\/oauth2\/token\/?$/;

function classifyDisjoint(claims: TokenClaims, header: TokenHeader): Classification {
  const classification = classifyByJwtProfile(claims, header);
  const extra = objectOf(claims, 'ext');
  return classification.kind === 'client' && extra !== undefined && hasUserMark(extra)
    ? CONTRADICTION
    : classification;
}

function scopesOf(claims: TokenClaims): readonly string[] | undefined {
  return has(claims, 'scp') ? scopeListOf(claims, 'scp') : scopeStringOf(claims, 'scope');
}
