import type { KeySource } from '../keys/key-set.ts';
import type { ActorProfile, TokenClaims } from '../model/principal.ts';
import type { TokenHeader } from '../model/token-header.ts';
import type { TypePolicy } from '../model/type-policy.ts';
import type { Algorithm } from '../token/algorithms.ts';
import type { AcceptsAnswer } from '../token/claims.ts';

/** Who acts for the subject, where the provider says it otherwise than by `act`. */
export interface StatedActor {
  readonly clientId: string;
  readonly profile: ActorProfile;
}

/** Who a verified token speaks for, and by which rule. `rule` is fixed text, shown by `explain`. */
export type Classification =
  | {
      readonly kind: 'user';
      readonly userId: string;
      readonly clientId: string | undefined;
      /** Used instead of `userId` in `principal.key`, where `userId` is not unique under the issuer's name. */
      readonly keyId?: string;
      /** Used instead of `act`, which is then not read. */
      readonly actor?: StatedActor;
      readonly rule: string;
    }
  | {
      readonly kind: 'client';
      readonly clientId: string;
      readonly keyId?: string;
      /** Used instead of `sub` in `principal.subject`: the account that an agent uses as its own. */
      readonly subject?: string;
      /** The caller is software that acts on its own, by the provider's documented mark. */
      readonly agent?: boolean;
      readonly rule: string;
    }
  | { readonly kind: 'unknown'; readonly rule: string };

/** Decides who a verified token speaks for. Pure; must not throw, whatever the claims hold. */
export type Classify = (claims: TokenClaims, header: TokenHeader) => Classification;

/** What a caller may do, as the provider's token states it. Absent readers yield nothing. */
export interface AuthorityReaders {
  /** Granted scopes; `undefined` when the claim has a type that it must not have. */
  readonly scopes: (claims: TokenClaims, header: TokenHeader) => readonly string[] | undefined;
  readonly permissions?: (claims: TokenClaims) => readonly string[];
  readonly roles?: (claims: TokenClaims) => readonly string[];
  readonly groups?: (claims: TokenClaims) => readonly string[];
  readonly tenant?: (claims: TokenClaims) => string | undefined;
}

/**
 * How a provider's introspection answers are read (RFC 7662 §2.2), where that is documented. An answer has
 * no header and often other members than the provider's JWTs, so it has a rule of its own, which fails
 * closed like {@link Classify}. The functions see the answer's members, own properties only, without
 * `active`; they are pure and must not throw.
 */
export interface IntrospectedRule {
  /** Members without which an answer is refused, beside `exp` and `aud`. */
  readonly requiredMembers: readonly string[];
  /**
   * Whether the answer is about an access token: `active: true` may also be said of a refresh token or an
   * ID token. False refuses the token.
   */
  readonly accepts: (answer: TokenClaims) => boolean;
  /** Who the token speaks for. */
  readonly classify: (answer: TokenClaims) => Classification;
  /** What the caller may do, where an answer states it otherwise than the provider's JWTs. */
  readonly authority?: AuthorityReaders;
  /** `false` where the provider never signs answers (RFC 9701). */
  readonly signsAnswers?: boolean;
}

interface ProviderFacts {
  /** Name of the preset, for messages. */
  readonly preset: string;
  /** `iss` of its tokens, compared exactly. */
  readonly issuer: string;
  /**
   * Used instead of `issuer` in `principal.key` and in events. Set it when the tokens of the same callers may
   * have another `iss` one day: a custom domain, a new token version. Two entries with the same name are one
   * issuer for `principal.key`.
   */
  readonly name?: string;
  readonly keys: KeySource;
  /** Makes the requests for this issuer's metadata and keys, instead of the server's `fetch`. */
  readonly fetch?: typeof globalThis.fetch;
  readonly types: TypePolicy;
  /** Claims without which a token is refused, beside `iss` and `exp`. */
  readonly requiredClaims: readonly string[];
  /** The algorithms of the provider, where they are not the default ones. */
  readonly algorithms?: readonly Algorithm[];
  /**
   * The provider's own marks of an access token (Cognito's `token_use`, Keycloak's payload `typ`),
   * and what is checked where there is no `aud`. False: it is not an access token, and is refused.
   * `'caller_not_listed'` and `'audience_mismatch'` refuse an access token of a caller who is not on the list,
   * or for another API.
   */
  readonly accepts?: (claims: TokenClaims, header: TokenHeader) => AcceptsAnswer;
  /**
   * Where one entry stands for many issuers (Entra multi-tenant), or tokens carry no `iss` (SPIFFE):
   * whether the unverified token names this entry. Without it `iss` must equal `issuer`.
   */
  readonly names?: (claims: TokenClaims) => boolean;
  /** Whether a key that its JWK binds to `keyIssuer` may verify a token with these claims. */
  readonly keyServes?: (keyIssuer: string | undefined, claims: TokenClaims) => boolean;
  /** Accepted values of a JWK's `use`; `sig` unless the provider has its own (SPIFFE). */
  readonly keyUses?: readonly string[];
  readonly classify: Classify;
  readonly authority: AuthorityReaders;
  /** Left out: `introspection` with this provider is a `ConfigurationError`. */
  readonly introspected?: IntrospectedRule;
  /** Why the server introspects nothing, and what to write: the end of that error's message. */
  readonly notIntrospected?: string;
  /**
   * Whether the access tokens of users carry the session as `sid`, as the logout tokens of the provider
   * name it. Left out: they do not, and a logout that names only a session revokes nothing there.
   */
  readonly sidInAccessTokens?: boolean;
  /** Says what the outermost `act` is (an agent, a service), where the provider documents how to know. */
  readonly actorProfile?: (act: Readonly<Record<string, unknown>>) => ActorProfile;
  /**
   * Values of `aud` that tokens of this issuer have for every API. A configured audience with only such values
   * is a `ConfigurationError`, whose message ends with `advice`.
   */
  readonly commonAudiences?: {
    readonly values: readonly string[];
    readonly advice: string;
  };
}

/** An authorization server whose tokens carry `aud`: the audience must be configured. */
export interface AudienceProvider extends ProviderFacts {
  readonly audienceClaim: 'required';
}

/** An authorization server whose tokens carry no `aud`: its preset checks something else instead. */
export interface AudienceFreeProvider extends ProviderFacts {
  readonly audienceClaim: 'absent';
  readonly audience?: never;
  /** Checks what is used instead of the audience, and the provider's own marks. False refuses the token. */
  readonly accepts: NonNullable<ProviderFacts['accepts']>;
}

/**
 * What a preset states about an authorization server: facts and two pure functions. It knows no
 * request, makes no request, and its rule for telling users from clients fails closed: `user` and
 * `client` need positive evidence that the provider controls, everything else is `unknown`.
 */
export type Provider = AudienceProvider | AudienceFreeProvider;
