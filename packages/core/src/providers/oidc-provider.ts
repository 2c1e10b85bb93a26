import type { TokenClaims } from '../model/principal.ts';
import { claimOf, has, scopeStringOf, stringOf } from './internal/claim-readers.ts';
import { asClient, asUnknown, asUser } from './internal/classification.ts';
import {
  audienceProvider,
  type OwnOptionNames,
  type ProviderOptions,
  presetOptions,
} from './internal/define-provider.ts';
import { anyMetadata } from './internal/discovery-documents.ts';
import { isAboutAccessToken } from './internal/introspected-marks.ts';
import { checkIssuer } from './internal/issuer-url.ts';
import { classifyByJwtProfile, JWT_PROFILE_CLAIMS } from './internal/jwt-profile.ts';
import { checkKindClaim, classifyByKindClaim, NO_KIND } from './internal/kind-claim.ts';
import { hasUserMark } from './internal/kind-marks.ts';
import { kindRule, type SubjectNamespacesOption } from './internal/subject-namespaces.ts';
import { ACCESS_TOKEN_TYPE } from './internal/type-policies.ts';
import type { AudienceProvider, Classification, Classify } from './provider.ts';

/** Options of {@link oidcProvider}: the claim that says the kind, or what else tells it. */
export type OidcProviderOptions = ProviderOptions & { readonly issuer: string } & (
    | {
        /** The claim, `user` or `client`, that the server's `extraTokenClaims` sets: `sub_type`. */
        readonly kindClaim: string;
        readonly subjectNamespaces?: never;
        readonly classify?: never;
      }
    | (SubjectNamespacesOption & { readonly kindClaim?: never })
  );

const OPTIONS: OwnOptionNames<OidcProviderOptions> = {
  issuer: true,
  kindClaim: true,
  subjectNamespaces: true,
  classify: true,
};

/**
 * A server built with the npm package `oidc-provider`:
 * `oidcProvider({ issuer: 'https://op.acme.com', kindClaim: 'sub_type' })`.
 *
 * A user's token and a machine's have the same claims, and the application's `findAccount` chooses
 * the account ids, a client's id too. So let the server say it:
 *
 * - Provider: add a claim to access tokens by the kind of the token, which nobody outside chooses:
 *   `extraTokenClaims: (ctx, token) => ({ sub_type: token.kind === 'ClientCredentials' ? 'client' : 'user' })`.
 *   In `features.resourceIndicators.getResourceServerInfo` give your API an `audience` and
 *   `accessTokenFormat: 'jwt'`, or 'opaque' and `introspection` here; without a resource access tokens
 *   are opaque and have no `aud`.
 * - Rule with `kindClaim`: `client`, and `sub` equal to `client_id` → client; `user` → user, also when
 *   the account's id is a client's; else refused. The rule depends on this claim only: other code of the server
 *   (the `jwt` customizer, grants of its own) must not set it to something else.
 * - Without it: `subjectNamespaces: 'disjoint'`, your statement that no account's id is a client's (with client id
 *   metadata documents a client's id is a URL that the client chooses): then `sub` equal to `client_id` and no
 *   claim of a person → client; they differ and no mark of a machine → user. Or a `classify` of your own, or
 *   `'unknown'`.
 * - User id: `sub`, the account id (pairwise where the client is so registered). Client id:
 *   `client_id`. Authority: `scope`.
 * - Refuses ID tokens and introspection answers, which have another `typ`.
 * - Introspection (RFC 7662): the server writes `token_type` for access tokens alone, and `sub` for those
 *   of an account. No `sub` → client; `sub` is not `client_id` → user; they are the same → refused. A
 *   `kindClaim` must say the same; a `classify` of your own decides instead. It signs answers (RFC
 *   9701) where that is on, and does not introspect JWTs.
 *
 * Per source, and tokens of version 9.13, as of November 2026:
 * https://github.com/panva/node-oidc-provider (lib/models/formats/jwt.js)
 *
 * @throws ConfigurationError for a bad issuer, none of `kindClaim`, `subjectNamespaces` and
 * `classify`, or bad key options.
 */
export function oidcProvider(options: OidcProviderOptions): AudienceProvider {
  const { issuer: givenIssuer } = presetOptions(
    'oidcProvider',
    options,
    OPTIONS,
    "issuer: 'https://…', kindClaim: 'sub_type'",
  );
  const issuer = checkIssuer('oidcProvider', givenIssuer);
  const rule = ruleOf(options);
  return audienceProvider(
    {
      preset: 'oidcProvider',
      issuer,
      keys: anyMetadata(issuer),
      types: ACCESS_TOKEN_TYPE,
      requiredClaims: JWT_PROFILE_CLAIMS,
      classify: rule,
      authority: { scopes: (claims) => scopeStringOf(claims, 'scope') },
      introspected: {
        requiredMembers: Object.freeze(['client_id', 'token_type']),
        accepts: isAboutAccessToken,
        classify: answerRuleOf(options, rule),
      },
    },
    options,
  );
}

function ruleOf(options: OidcProviderOptions): Classify {
  const { classify, kindClaim, subjectNamespaces } = options;
  if (kindClaim === undefined) {
    return kindRule('oidcProvider', options, {
      disjoint: classifyByJwtProfile,
      exampleClaim: 'caller_type',
      alternative: "kindClaim: 'sub_type' with the server's extraTokenClaims",
    });
  }
  checkKindClaim('oidcProvider', kindClaim, { subjectNamespaces, classify });
  return (claims) => classifyByKindClaim(claims, kindClaim);
}

const SAME = asUnknown('sub is client_id, which the server never writes for a client');
const USER_CLAIMS = asUnknown('no sub is there, but claims of a user are');
const OTHER_KIND = asUnknown('the claim of the kind does not say what sub says');

/** Tokens by client credentials have no account, so an answer about one has no `sub`. */
function classifyAnswer(answer: TokenClaims): Classification {
  const clientId = stringOf(answer, 'client_id');
  if (has(answer, 'sub')) {
    return stringOf(answer, 'sub') === clientId ? SAME : classifyByJwtProfile(answer, {});
  }
  return hasUserMark(answer) ? USER_CLAIMS : asClient(clientId, 'no sub is there');
}

function answerRuleOf(
  { kindClaim, subjectNamespaces }: OidcProviderOptions,
  rule: Classify,
): (answer: TokenClaims) => Classification {
  if (kindClaim !== undefined) return (answer) => classifyAnswerByClaim(answer, kindClaim);
  return subjectNamespaces === 'disjoint' ? classifyAnswer : (answer) => rule(answer, {});
}

function classifyAnswerByClaim(answer: TokenClaims, kindClaim: string): Classification {
  const clientId = stringOf(answer, 'client_id');
  const kind = claimOf(answer, kindClaim);
  if (kind !== 'user' && kind !== 'client') return NO_KIND;
  if ((kind === 'user') !== has(answer, 'sub')) return OTHER_KIND;
  return kind === 'user'
    ? asUser(stringOf(answer, 'sub'), clientId, 'the claim of the kind says user')
    : asClient(clientId, 'the claim of the kind says client');
}
