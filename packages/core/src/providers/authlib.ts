import type { TokenClaims } from '../model/principal.ts';
import type { TokenHeader } from '../model/token-header.ts';
import { has, listOf, scopeStringOf, stringOf } from './internal/claim-readers.ts';
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
import { checkKindClaim, classifyByKindClaim } from './internal/kind-claim.ts';
import { hasClientMark, hasUserMark } from './internal/kind-marks.ts';
import { kindRule, type SubjectNamespacesOption } from './internal/subject-namespaces.ts';
import { ACCESS_TOKEN_TYPE } from './internal/type-policies.ts';
import type { AudienceProvider, Classification, Classify } from './provider.ts';

/** Options of {@link authlib}: the claim that says the kind, or what else tells it. */
export type AuthlibOptions = ProviderOptions & { readonly issuer: string } & (
    | {
        /** The claim, `user` or `client`, that the server's `get_extra_claims` sets: `sub_type`. */
        readonly kindClaim: string;
        readonly subjectNamespaces?: never;
        readonly classify?: never;
      }
    | (SubjectNamespacesOption & { readonly kindClaim?: never })
  );

const OPTIONS: OwnOptionNames<AuthlibOptions> = {
  issuer: true,
  kindClaim: true,
  subjectNamespaces: true,
  classify: true,
};

/**
 * A server built with Authlib's `JWTBearerTokenGenerator` (RFC 9068):
 * `authlib({ issuer: 'https://auth.acme.com', kindClaim: 'sub_type' })`.
 *
 * `sub` is a user's `get_user_id()`, mostly the primary key, or the client's id. Nothing keeps the two
 * apart: a client may be called `7`. So let the server say the kind:
 *
 * - Provider: the generator's `get_extra_claims` is given the user of the grant, or `None`:
 *   `return {"sub_type": "user" if user else "client"}`. It can replace any claim: do not let it set another
 *   one that the preset reads. Let `get_audiences` name your API: `aud` is the client's id by default, and
 *   `resource` is ignored.
 * - Rule with `kindClaim`: `client`, and `sub` equal to `client_id` → client; `user` → user; else refused.
 * - Without it: `subjectNamespaces: 'disjoint'`, your statement that no user's id is a client's: then `sub` equal
 *   to `client_id` and no claim of a person → client; they differ and no mark of a machine → user. Or a
 *   `classify` of your own, or `'unknown'`.
 * - User id: `sub`. Client id: `client_id`. Authority: `scope`; `roles` and `groups`, lists, where
 *   `get_extra_claims` sets them.
 * - Refuses ID tokens, which have another `typ`.
 * - Introspection by its `JWTIntrospectionEndpoint`: `sub` is not `client_id`, and your `get_username` knows
 *   it → user; they are the same and it does not → client; else refused. A `classify` of your own decides
 *   instead. Let `query_token` heed `token_type_hint`: otherwise refresh tokens look like access tokens.
 *
 * Per source, and tokens of version 1.9, as of November 2026:
 * https://github.com/authlib/authlib (authlib/oauth2/rfc9068)
 *
 * @throws ConfigurationError for a bad issuer, none of `kindClaim`, `subjectNamespaces` and
 * `classify`, or bad key options.
 */
export function authlib(options: AuthlibOptions): AudienceProvider {
  const { issuer: givenIssuer } = presetOptions(
    'authlib',
    options,
    OPTIONS,
    "issuer: 'https://…', kindClaim: 'sub_type'",
  );
  const issuer = checkIssuer('authlib', givenIssuer);
  const rule = ruleOf(options);
  return audienceProvider(
    {
      preset: 'authlib',
      issuer,
      keys: anyMetadata(issuer),
      types: ACCESS_TOKEN_TYPE,
      requiredClaims: JWT_PROFILE_CLAIMS,
      classify: rule,
      authority: {
        scopes: (claims) => scopeStringOf(claims, 'scope'),
        roles: (claims) => listOf(claims, 'roles'),
        groups: (claims) => listOf(claims, 'groups'),
      },
      introspected: {
        requiredMembers: Object.freeze(['sub', 'client_id']),
        accepts: isAboutAccessToken,
        classify: answerRuleOf(options, rule),
        signsAnswers: false,
      },
    },
    options,
  );
}

function ruleOf(options: AuthlibOptions): Classify {
  const { classify, kindClaim, subjectNamespaces } = options;
  if (kindClaim === undefined) {
    return kindRule('authlib', options, {
      disjoint: classifyByJwtProfile,
      exampleClaim: 'caller_type',
      alternative: "kindClaim: 'sub_type' with the server's get_extra_claims",
    });
  }
  checkKindClaim('authlib', kindClaim, { subjectNamespaces, classify });
  return (claims) => classifyByKindClaim(claims, kindClaim);
}

function answerRuleOf(
  { kindClaim, subjectNamespaces }: AuthlibOptions,
  rule: Classify,
): (answer: TokenClaims) => Classification {
  return kindClaim !== undefined || subjectNamespaces === 'disjoint'
    ? classifyAnswer
    : (answer) => rule(answer, NO_HEADER);
}

const NO_HEADER: TokenHeader = Object.freeze({});

const NAMED_CLIENT = asUnknown('sub is client_id, but claims of a user are there');
const NO_NAME = asUnknown('sub is not client_id, and no username is there');
const CLIENT_CLAIMS = asUnknown('sub is not client_id, but marks of a client are there');

/**
 * The server calls `get_username` with every `sub`. A `sub` that is a client's id may be the primary key of a
 * user too: so a name beside such a `sub` is no evidence.
 */
function classifyAnswer(answer: TokenClaims): Classification {
  const subject = stringOf(answer, 'sub');
  const clientId = stringOf(answer, 'client_id');
  if (subject === clientId) {
    return has(answer, 'username') || hasUserMark(answer)
      ? NAMED_CLIENT
      : asClient(clientId, 'sub is client_id, and no username is there');
  }
  if (stringOf(answer, 'username') === undefined) return NO_NAME;
  return hasClientMark(answer, NO_HEADER)
    ? CLIENT_CLAIMS
    : asUser(subject, clientId, 'sub is not client_id, and username is there');
}
