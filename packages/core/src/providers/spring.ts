import { ConfigurationError } from '../model/errors.ts';
import type { TokenClaims } from '../model/principal.ts';
import type { TokenHeader } from '../model/token-header.ts';
import {
  claimOf,
  clientIdOf,
  has,
  listOf,
  scopesOf,
  soleAudienceOf,
  stringOf,
} from './internal/claim-readers.ts';
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
import { hasClientMark, hasUserMark, isOfAnotherProvider } from './internal/kind-marks.ts';
import { kindRule, type SubjectNamespacesOption } from './internal/subject-namespaces.ts';
import { ANY_TYPE } from './internal/type-policies.ts';
import type { AudienceProvider, Classification, Classify } from './provider.ts';

/** Options of {@link spring}. */
export type SpringOptions = ProviderOptions & {
  /** `iss` of the tokens, exactly: with a slash at its end where the server writes one. */
  readonly issuer: string;
  /**
   * `'aud'`: your statement that `aud` holds the client's id, as the server writes it when no customizer
   * changes it. Left out: only `client_id` names the client, which a customizer has to add.
   */
  readonly clientIdFrom?: 'aud' | undefined;
  /** The claim, a list, in which your customizer writes the roles: `roles`. Left out: no roles. */
  readonly rolesClaim?: string | undefined;
} & SubjectNamespacesOption;

const OPTIONS: OwnOptionNames<SpringOptions> = {
  issuer: true,
  clientIdFrom: true,
  rolesClaim: true,
  subjectNamespaces: true,
  classify: true,
};

/**
 * Spring Authorization Server:
 * `spring({ issuer: 'https://auth.acme.com', subjectNamespaces: 'disjoint' })`.
 *
 * Nothing in its tokens is documented to say who is calling, so you have to say: `subjectNamespaces: 'disjoint'` if
 * no user's name can be a client's id, a `classify` of your own, or `'unknown'`.
 *
 * - Provider: the server writes the **client's id** into `aud`, and no `client_id`. Add a customizer
 *   that names your API and the client, and says who is calling. It was run against 7.0, also with
 *   users who are named like clients:
 *   ```java
 *   @Bean
 *   OAuth2TokenCustomizer<JwtEncodingContext> accessTokens() {
 *     return context -> {
 *       if (!OAuth2TokenType.ACCESS_TOKEN.equals(context.getTokenType())) return;
 *       boolean machine = AuthorizationGrantType.CLIENT_CREDENTIALS.equals(context.getAuthorizationGrantType());
 *       context.getClaims()
 *           .audience(new ArrayList<>(List.of("https://api.acme.com")))
 *           .claim("client_id", context.getRegisteredClient().getClientId())
 *           .claim("caller_type", machine ? "machine" : "human");
 *     };
 *   }
 *   ```
 *   and read it:
 *   `classify: ({ caller_type: t }) => (t === 'human' ? 'user' : t === 'machine' ? 'client' : 'refuse')`.
 *   Define one bean only: with two customizers of this type neither runs, and there is no error. The test of the
 *   token type matters: without it ID tokens get the same claims.
 * - Without a customizer: `clientIdFrom: 'aud'`, and `audience` lists the clients. Do not set it where
 *   `aud` is the name of an API: a user of that name would be a client.
 * - Rule with `'disjoint'`: `sub` equal to the client's id, and no mark of a person → client; another
 *   `sub`, and no mark of a machine → user. The rule relies on your statement that no user has a client's id. An
 *   authority `FACTOR_…`, which Spring Security 7 gives to people who sign in, is a person's mark.
 * - User id: `sub`, the user's name. Authority: `scope`, a list (none where none was asked for), and
 *   the list `rolesClaim`, as it stands there: `ROLE_ADMIN`.
 * - Refuses ID tokens: they have no `nbf`, which every access token has, or `azp`, `auth_time` and
 *   `sid` together.
 * - Introspection: the same rule; an answer always names the client in `client_id`. An answer about a refresh
 *   token has neither `nbf` nor `token_type`. Answers are never signed.
 * - Pitfalls: the token of a user whose name is the id of the client used for the sign-in differs from a
 *   machine's token only by a claim of your own. `act` after a token exchange is `{ iss, sub }` for a user and
 *   for a client alike: `requireActor('gateway')` passes for a *user* named `gateway` too. A server without a
 *   configured issuer takes `iss` from the request's Host header: configure it. All tenants of a server with
 *   several issuers share one key set: list those that you accept.
 * - Bound tokens: `cnf` has `jkt` (DPoP), `x5t#S256` (mTLS) or both: they need `dpop`, `mtls` or both.
 *   The server binds to certificates only with the two tls methods of client authentication. A refresh without a proof
 *   returns a token that is **not bound**: only `dpop: 'required'` refuses such tokens.
 *
 * Per source, and tokens of versions 1.5, 7.0 and 7.1, as of November 2026:
 * https://docs.spring.io/spring-authorization-server/reference/core-model-components.html
 * https://github.com/spring-projects/spring-security (JwtGenerator.java)
 *
 * @throws ConfigurationError for a bad issuer, a missing `subjectNamespaces` or `classify`, another
 * `clientIdFrom` than `'aud'`, a bad `rolesClaim`, or bad key options.
 */
export function spring(options: SpringOptions): AudienceProvider {
  const {
    issuer: givenIssuer,
    clientIdFrom,
    rolesClaim,
  } = presetOptions(
    'spring',
    options,
    OPTIONS,
    "issuer: 'https://…', subjectNamespaces: 'disjoint'",
  );
  const issuer = checkIssuer('spring', givenIssuer);
  checkSettings(clientIdFrom, rolesClaim);
  const clientOf = clientIdFrom === 'aud' ? clientOrAudienceOf : clientIdOf;
  const rule = kindRule('spring', options, {
    disjoint: disjointRule(clientOf),
    ids: { clientId: clientOf },
    exampleClaim: 'caller_type',
  });
  return audienceProvider(
    {
      preset: 'spring',
      issuer,
      keys: anyMetadata(issuer),
      types: ANY_TYPE,
      // Every access token has `nbf`; the server's ID tokens have none.
      requiredClaims: ['aud', 'sub', 'nbf'],
      accepts: (claims) => !(has(claims, 'azp') && has(claims, 'auth_time') && has(claims, 'sid')),
      classify: rule,
      authority: {
        scopes: (claims) => scopesOf(claims, 'scope'),
        ...(rolesClaim === undefined
          ? {}
          : { roles: (claims: TokenClaims) => listOf(claims, rolesClaim) }),
      },
      introspected: {
        // An answer about a refresh token has `client_id`, `iat` and `exp` only; one about an ID token has no
        // `token_type`.
        requiredMembers: Object.freeze(['sub', 'client_id', 'nbf', 'token_type']),
        accepts: isAboutAccessToken,
        classify: (answer) => rule(answer, {}),
        signsAnswers: false,
      },
    },
    options,
  );
}

function checkSettings(clientIdFrom: unknown, rolesClaim: unknown): void {
  if (clientIdFrom !== undefined && clientIdFrom !== 'aud') {
    throw new ConfigurationError(
      "spring: clientIdFrom must be 'aud' or left out; write clientIdFrom: 'aud' if aud holds the client's id",
    );
  }
  if (rolesClaim !== undefined && (typeof rolesClaim !== 'string' || rolesClaim === '')) {
    throw new ConfigurationError(
      "spring: rolesClaim must be the name of a claim; write rolesClaim: 'roles'",
    );
  }
}

const NO_CLIENT_ID = asUnknown(
  "no client_id: add client_id by an OAuth2TokenCustomizer, or say clientIdFrom: 'aud' if aud holds the client's id",
);
const NO_SUBJECT = asUnknown('sub is missing');
const NOT_SPRING = asUnknown(
  'sub is not the client id, and header and scope are not as this server writes them',
);
const CONTRADICTION = asUnknown('marks of a user and of a client');

function disjointRule(clientOf: (claims: TokenClaims) => string | undefined): Classify {
  return (claims: TokenClaims, header: TokenHeader): Classification => {
    const subject = stringOf(claims, 'sub');
    const clientId = clientOf(claims);
    if (subject === undefined) return NO_SUBJECT;
    if (clientId === undefined) return NO_CLIENT_ID;
    if (subject === clientId) {
      return hasUserMark(claims, header) || hasFactor(claims)
        ? CONTRADICTION
        : asClient(clientId, 'sub is the client id');
    }
    if (!isOfSpring(claims, header)) return NOT_SPRING;
    return hasClientMark(claims, header) || isOfAnotherProvider(claims)
      ? CONTRADICTION
      : asUser(
          subject,
          clientId,
          'sub is not the client id, which means a user as the operator states',
        );
  };
}

/**
 * Whether the token looks like one of this server; only then may it be a user's. This server writes no `typ`.
 * It writes scopes as a list, or no claim when none was asked for; a customizer that adds `client_id` may have
 * turned the list into a string. Machines' tokens of other servers have `typ: JWT` and no `scope`.
 */
function isOfSpring(claims: TokenClaims, header: TokenHeader): boolean {
  if (!has(claims, 'scope')) return !has(header, 'typ') || isAccessTokenType(header['typ']);
  return has(claims, 'client_id') || Array.isArray(claimOf(claims, 'scope'));
}

function isAccessTokenType(type: unknown): boolean {
  return typeof type === 'string' && /^(?:application\/)?at\+jwt$/i.test(type);
}

/**
 * Spring Security 7 adds authorities such as `FACTOR_PASSWORD` to those of the person who signs in.
 */
function hasFactor(claims: TokenClaims): boolean {
  return Object.keys(claims).some((name) =>
    listOf(claims, name).some((authority) => authority.startsWith('FACTOR_')),
  );
}

/** `client_id` where a customizer adds it; else the only `aud`, unless that is an API's identifier. */
function clientOrAudienceOf(claims: TokenClaims): string | undefined {
  if (has(claims, 'client_id') || has(claims, 'azp')) return clientIdOf(claims);
  const audience = soleAudienceOf(claims);
  return audience?.includes(':') ? undefined : audience;
}
