import type { IntrospectionStore } from '../stores/introspection-store.ts';
import type { IntrospectionClient } from './client-authentication.ts';

/** An authorization server's answer about a token (RFC 7662 §2.2). */
export type IntrospectionAnswer = Readonly<Record<string, unknown>> & { readonly active: boolean };

/**
 * What happens to an issuer's JWTs, where its opaque tokens are introspected.
 *
 * - `local`: verified here, never sent to the server.
 * - `confirm`: verified here whole, then the server must call them active. The principal is the JWT's.
 * - `answer`: signature, `iss` and `exp` are verified here; then the answer's claims alone make the
 *   principal. For servers whose JWTs hold too little, such as Keycloak's lightweight access tokens.
 */
export type JwtHandling = 'local' | 'confirm' | 'answer';

/** How answers are kept. Times bound how long a revocation at the server may go unseen. */
export interface IntrospectionCacheOptions {
  /** How long an active answer is used before the server is asked again, in seconds, 1 to 3,600. Default 30. */
  readonly activeForSec?: number;
  /** How long a refused token is remembered, in seconds, 1 to 60. Default 5. */
  readonly inactiveForSec?: number;
  /** Refused tokens remembered, 1 to 1,000,000; they never push out active ones. Default 10,000. */
  readonly inactiveEntries?: number;
  /** Where processes share active answers, sealed. Needs `secrets`. */
  readonly store?: IntrospectionStore;
  /**
   * Secrets that answers in `store` are sealed under, of 32 bytes or more: the first seals, all open. To
   * rotate, write the new one before the old one, and leave the old one out an hour later.
   */
  readonly secrets?: readonly [string | Uint8Array, ...(string | Uint8Array)[]];
}

interface CommonIntrospectionOptions {
  /** What happens to JWTs of this issuer. Default `local`. */
  readonly jwts?: JwtHandling;
  /**
   * Whether an opaque token is one of this issuer. Required where several issuers introspect: opaque
   * tokens name none, and a token is shown to no server but its own.
   */
  readonly matches?: (token: string) => boolean;
  /**
   * `trusted` lets an answer without `aud` pass: **every** token that the server calls active is then
   * accepted here, also those for other APIs. An `aud` that is there must be ours all the same. Default
   * `required`.
   */
  readonly audience?: 'required' | 'trusted';
  /** `false`: each request asks; requests with one token at one time share an answer. */
  readonly cache?: IntrospectionCacheOptions | false;
  /** Time limit of one question, everything together. Milliseconds, 50 to 60,000. Default 3,000. */
  readonly timeoutMs?: number;
  /**
   * Questions in flight at once, 1 to 10,000; more are refused with 503. Half of them are for tokens that
   * were active within the last hour. Default 64.
   */
  readonly maxConcurrent?: number;
}

/** Introspection at the authorization server's endpoint (RFC 7662). */
export interface EndpointIntrospectionOptions extends CommonIntrospectionOptions {
  /** How this API authenticates at the endpoint: `clientSecretBasic('orders-api', secret)`. */
  readonly client: IntrospectionClient;
  /** Default: `introspection_endpoint` of the issuer's metadata. https; http on loopback only. */
  readonly endpoint?: string;
  /** Whether answers must be signed (RFC 9701); then plain JSON is refused. Default `false`. */
  readonly signed?: boolean;
  readonly ask?: never;
}

/** Introspection by a function of your own. */
export interface AskIntrospectionOptions extends CommonIntrospectionOptions {
  /**
   * Answers in the form of RFC 7662 about a token that **nobody has verified**. What it throws, or a
   * promise that is late or rejects, is an outage: 503.
   */
  readonly ask: (
    token: string,
    context: { readonly signal: AbortSignal },
  ) => IntrospectionAnswer | PromiseLike<IntrospectionAnswer>;
  readonly client?: never;
  readonly endpoint?: never;
  readonly signed?: never;
}

/** How an issuer's opaque tokens are introspected. */
export type IntrospectionOptions = EndpointIntrospectionOptions | AskIntrospectionOptions;
