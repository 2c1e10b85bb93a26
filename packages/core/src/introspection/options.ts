import type { IntrospectionStore } from '../stores/introspection-store.ts';
import type { IntrospectionClient } from './client-authentication.ts';

/** An authorization server's answer about a token (RFC 7662 §2.2). */
export type IntrospectionAnswer = Readonly<Record<string, unknown>> & { readonly active: boolean };

/**
 * What happens to the JWTs of an issuer whose opaque tokens are introspected.
 *
 * - `local`: JWTs are verified here, and never sent to the server.
 * - `confirm`: JWTs are fully verified here, and then the server must say that they are active. The principal is
 *   made from the JWT.
 * - `answer`: signature, `iss`, `exp` and `nbf` are verified here, and then the server is asked. The principal is
 *   made only from the server's answer, which must also tell access tokens from others: an ID token passes if the
 *   answer calls it active and names this API. For servers whose JWTs have too few claims, such as Keycloak's
 *   lightweight access tokens.
 */
export type JwtHandling = 'local' | 'confirm' | 'answer';

/** How answers are cached. A token that is revoked at the server may be accepted here for `activeForSec` longer. */
export interface IntrospectionCacheOptions {
  /** How long an active answer is used before the server is asked again, in seconds, 1 to 3,600. Default 30. */
  readonly activeForSec?: number;
  /** How long a refused token is remembered and not asked about again, in seconds, 1 to 60. Default 5. */
  readonly inactiveForSec?: number;
  /**
   * How many refused tokens are remembered, 1 to 1,000,000. They do not push active tokens out of their cache.
   * Default 10,000.
   */
  readonly inactiveEntries?: number;
  /** A store in which the processes of this API share active answers, encrypted. Needs `secrets`. */
  readonly store?: IntrospectionStore;
  /**
   * The secrets that answers in `store` are encrypted with, each of 32 bytes or more. The first one encrypts, and
   * all of them decrypt. To replace a secret: put the new one first, and remove the old one an hour later.
   */
  readonly secrets?: readonly [string | Uint8Array, ...(string | Uint8Array)[]];
}

interface CommonIntrospectionOptions {
  /** What happens to JWTs of this issuer. Default `local`. */
  readonly jwts?: JwtHandling;
  /**
   * Says whether an opaque token belongs to this issuer. Required when several issuers introspect: an opaque token
   * does not name its issuer, and it must only be sent to its own server.
   */
  readonly matches?: (token: string) => boolean;
  /**
   * With `trusted`, an answer without `aud` is accepted. **Every** opaque token that the server calls active is then
   * accepted here, also tokens for other APIs. If the answer has an `aud`, it must still name this API. If the answer
   * has no `aud` and the token is a JWT (`jwts: 'answer'`) with an `aud`, the `aud` of the JWT must name this API.
   * Default `required`.
   */
  readonly audience?: 'required' | 'trusted';
  /**
   * With `false`, the server is asked on each request. Only requests with the same token at the same time share an
   * answer.
   */
  readonly cache?: IntrospectionCacheOptions | false;
  /** Time limit of one question, including discovery, in milliseconds, 50 to 60,000. Default 3,000. */
  readonly timeoutMs?: number;
  /**
   * How many questions may be in flight at once, 1 to 10,000. Further requests are refused with 503. Half of the
   * places are kept for tokens that were active within the last hour. Default 64.
   */
  readonly maxConcurrent?: number;
}

/** Introspection at the authorization server's endpoint (RFC 7662). */
export interface EndpointIntrospectionOptions extends CommonIntrospectionOptions {
  /** How this API authenticates at the endpoint, such as `clientSecretBasic('orders-api', secret)`. */
  readonly client: IntrospectionClient;
  /**
   * URL of the endpoint. https; http only on loopback and on hosts of `allowHttp`. Default: the
   * `introspection_endpoint` in the issuer's metadata.
   */
  readonly endpoint?: string;
  /** Whether answers must be signed JWTs (RFC 9701). Plain JSON is then refused. Default `false`. */
  readonly signed?: boolean;
  readonly ask?: never;
}

/** Introspection by a function of your own. */
export interface AskIntrospectionOptions extends CommonIntrospectionOptions {
  /**
   * Gives an answer in the form of RFC 7662 §2.2 about a token. **Nobody has verified the token before.** If the
   * function throws, its promise rejects or it takes longer than `timeoutMs`, the request is answered with 503.
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
