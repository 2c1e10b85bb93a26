import type { StandardSchemaV1 } from '@standard-schema/spec';

/** The claims of a JWT as they stand at its top level, own properties only (RFC 7519 §4). */
export interface TokenClaims {
  readonly iss?: string;
  readonly sub?: string;
  readonly aud?: string | readonly string[];
  readonly exp?: number;
  readonly nbf?: number;
  readonly iat?: number;
  readonly jti?: string;
  readonly [claim: string]: unknown;
}

/**
 * Declare the claims of your tokens once, and every principal is typed with them:
 *
 * ```ts
 * declare module '@authly/express' {
 *   interface Register { claims: typeof claimsSchema }
 * }
 * ```
 *
 * This declares types only: give the same schema to `createResourceServer({ claims })`, which validates. A resource
 * server without it, or with another schema, then does not compile.
 */
// biome-ignore lint/suspicious/noEmptyInterface: users merge their declaration into it
export interface Register {}

/** The claims type of {@link Register}, or {@link TokenClaims} when nothing is registered. */
export type RegisteredClaims = Register extends { claims: infer Schema extends StandardSchemaV1 }
  ? StandardSchemaV1.InferOutput<Schema>
  : TokenClaims;

/** What an actor is, where the provider documents it; `'unknown'` elsewhere. No requirement depends on it. */
export type ActorProfile = 'agent' | 'service' | 'unknown';

/**
 * Who acts for the subject: the outermost `act` of the token (RFC 8693 §4.1), or what the provider has instead.
 * An `act` that cannot be read, such as a string, is an actor without ids.
 */
export interface Actor {
  /** `'agent'` for an AI agent, `'service'` for other software, where the provider documents it. */
  readonly profile: ActorProfile;
  /** `act.sub`, when the issuer sends one; some send a client id alone. */
  readonly subject: string | undefined;
  /** `act.client_id`, when the issuer sends one. */
  readonly clientId: string | undefined;
  /** `act.iss`, when the issuer sends one. */
  readonly issuer: string | undefined;
  /** Earlier actors, the most recent first. Only for the record: they give no rights (RFC 8693 §4.1). */
  readonly previous: readonly Actor[];
}

/** How and when the user signed in; members are `undefined` when the token does not say. */
export interface Authentication {
  /** Authentication context class (`acr`). */
  readonly acr: string | undefined;
  /** Authentication methods (`amr`). */
  readonly amr: readonly string[];
  /** Time of the sign-in, seconds since the epoch (`auth_time`). */
  readonly time: number | undefined;
}

interface PrincipalBase<C> {
  /**
   * The key to store beside rows: `<kind>:<issuer name>:<id>`, the last two percent-encoded. It
   * is never the same for a user and a client, nor for callers of two issuers. The issuer name is `iss`, unless
   * the issuer's configuration names it.
   */
  readonly key: string;
  /** `iss` of the token. */
  readonly issuer: string;
  /** `aud` of the token as a list; empty where the provider sends none. */
  readonly audience: readonly string[];
  /** Granted scopes as the token states them, without those that `scopeImplies` adds. */
  readonly scopes: readonly string[];
  readonly permissions: readonly string[];
  readonly roles: readonly string[];
  readonly groups: readonly string[];
  readonly tenant: string | undefined;
  /** Set when somebody acts for the subject. It never changes the kind. */
  readonly actor: Actor | undefined;
  readonly authentication: Authentication;
  /** `cnf` of the token, when it is bound to its sender (RFC 7800). */
  readonly confirmation: Readonly<Record<string, unknown>> | undefined;
  /** The session that the token belongs to (`sid`), when the token names one. */
  readonly sessionId: string | undefined;
  /** Where the claims come from: the token itself, or the authorization server's answer about it. */
  readonly source: 'jwt' | 'introspection';
  /** `jti`. */
  readonly tokenId: string | undefined;
  /** Seconds since the epoch (`iat`). */
  readonly issuedAt: number | undefined;
  /** Seconds since the epoch (`exp`). */
  readonly expiresAt: number;
  /** The token's claims; validated and typed when a schema is configured. */
  readonly claims: C;
}

/** A person is calling, possibly through a client that acts for them. */
export interface UserPrincipal<C = RegisteredClaims> extends PrincipalBase<C> {
  readonly kind: 'user';
  /** The user's id at the issuer: mostly `sub`; each provider's preset says which claim. */
  readonly userId: string;
  /** The client that the user calls through, when the token says. */
  readonly clientId: string | undefined;
}

/** A machine is calling in its own name: a service, a job, an agent. */
export interface ClientPrincipal<C = RegisteredClaims> extends PrincipalBase<C> {
  readonly kind: 'client';
  /** The client's id at the issuer. */
  readonly clientId: string;
  /**
   * `sub` of the token, or the account that the preset names instead. It is not a user's id, even if it looks like one.
   */
  readonly subject: string | undefined;
  /**
   * Whether the token says, in a way that the provider documents, that the caller is software which acts on its own (an AI
   * agent). `false` means only that the provider documents no such claim, or that the token does not have it.
   */
  readonly agent: boolean;
}

/**
 * Who is calling: a user or a machine. Narrow by `kind` before reading an identifier: there is no
 * shared `sub`, so that one kind cannot be taken for the other by accident. Frozen.
 */
export type Principal<C = RegisteredClaims> = UserPrincipal<C> | ClientPrincipal<C>;
