import type { StandardSchemaV1 } from '@standard-schema/spec';
import type { Refusal, RefusedError } from './http/refusal.ts';
import type { RequestView } from './http/request-view.ts';
import type { PublishedMetadata } from './http/resource-metadata.ts';
import type { ResourceMetadataOptions } from './http/resource-metadata-document.ts';
import type { Lease, LeaseOptions } from './lease/lease.ts';
import { type AuthError, ConfigurationError } from './model/errors.ts';
import type { Principal, RegisteredClaims } from './model/principal.ts';
import type { Scheme } from './model/scheme.ts';
import type { Explanation } from './pipeline/explain.ts';
import type { RequestExplanation } from './pipeline/explain-request.ts';
import type { ExplainOptions } from './pipeline/revealed-claims.ts';
import type { Requirement } from './requirement/requirement.ts';

/** The type of the claims of principals: the output of the claims schema, or the type that `Register` declares. */
export type ClaimsOf<Schema> = Schema extends StandardSchemaV1
  ? StandardSchemaV1.InferOutput<Schema>
  : RegisteredClaims;

/** Verifies access tokens, and tells who is calling. Make one for the whole process, and share it. */
export interface ResourceServer<Claims = RegisteredClaims> {
  /**
   * Gives the caller of a request. Rejects with a `RefusedError`, which is an `AuthError` with the answer to send, when the
   * request has no credentials or its token is not accepted.
   */
  authenticate(request: RequestView): Promise<Principal<Claims>>;
  /** Like `authenticate`, but gives `undefined` for a request without credentials. Bad credentials are still refused. */
  authenticateOptional(request: RequestView): Promise<Principal<Claims> | undefined>;
  /**
   * Verifies an access token without a request (RFC 9068 §4), for example from a queue message. A token that is bound to
   * its sender is refused, because there is no request with a proof. With `dpop` or `mtls` `'required'`, every token is
   * refused (`binding_required`, `certificate_required`). Rejects with a `RefusedError`.
   */
  verify(token: string): Promise<Principal<Claims>>;
  /**
   * Checks a principal (`undefined` for an anonymous request) against a requirement. Gives `undefined` when it is met, and
   * otherwise the error to answer with. For an anonymous request that is always `missing_credentials`, with the scopes to
   * ask for. `passed` are the requirements of earlier guards of the route: a challenge names their scopes too, so that the
   * client's next token is enough for the whole route.
   *
   * It emits no event (guards of an adapter do). The error has the issuer, the kind and the description of the
   * requirement. Throws a `TypeError` when a test or a requirement that the application wrote gives a promise.
   */
  evaluate(
    principal: Principal<Claims> | undefined,
    requirement: Requirement,
    passed?: readonly Requirement[],
  ): RefusedError | undefined;
  /**
   * Begins a lease for a connection that stays open after its request (a WebSocket, an event stream). The lease ends when
   * the caller's token expires or is no longer accepted, and it can be renewed. Throws `ConfigurationError` for a principal
   * that this server did not make.
   */
  lease(principal: Principal<Claims>, options?: LeaseOptions): Lease<Claims>;
  /** Gives the scopes together with the scopes that `scopeImplies` adds to them. */
  expandScopes(scopes: readonly string[]): readonly string[];
  /** Gives status, headers and body for an error (RFC 6750 §3). */
  refusal(error: AuthError): Refusal;
  /**
   * Resolves once the keys of every configured issuer are loaded, for start-up and readiness probes. Rejects with an
   * `AuthError` when they cannot be loaded, or with the reason of `signal`.
   */
  ready(options?: { readonly signal?: AbortSignal }): Promise<void>;
  /**
   * Says step by step whether a token would be accepted, and why not, for a person who looks for a mistake. Never throws
   * for a bad token, and never makes one valid. Values of claims are hidden, except for those that `reveal` names. Rejects
   * with `ConfigurationError` for a `reveal` that is not a list of strings.
   */
  explain(token: string, options?: ExplainOptions): Promise<Explanation>;
  /**
   * Like `explain`, for a whole request: it also explains the credentials and the proof of possession. It marks no proof
   * as used, so it cannot detect replays, and it sets no response header.
   */
  explainRequest(request: RequestView, options?: ExplainOptions): Promise<RequestExplanation>;
  /**
   * Publishes the metadata of this API (RFC 9728). From then on, every challenge (of 400, 401 and 403) names the URL of the
   * metadata, and a challenge of 401 also names `challengeScopes`. Before that, no challenge names the URL, even if
   * `resource` is configured, because nobody may be serving the document. Serve it with the `handler` of the result, or
   * let a gateway serve it. Throws `ConfigurationError` without a `resource`, or for wrong options.
   */
  publishMetadata(options?: ResourceMetadataOptions): PublishedMetadata;
  /** Ends every lease and all background work, and empties the cache of verified tokens. */
  close(): void;
  /** The resource identifier of this API, if it has one (RFC 9728 §1.2). */
  readonly resource: string | undefined;
  /**
   * The `Authorization` schemes under which tokens are accepted: `['bearer']`; with `dpop: 'when-bound'` `['bearer',
   * 'dpop']`; with `dpop: 'required'` `['dpop']`. Tokens that are bound to a certificate use `bearer`.
   */
  readonly schemes: readonly Scheme[];
  /**
   * Whether tokens are only accepted together with their request. It is `true` with `dpop` or `mtls` `'required'`;
   * {@link verify} then refuses every token.
   */
  readonly needsRequest: boolean;
  /** Whether every token must be bound to a client certificate and come with it: `true` with `mtls` `'required'`. */
  readonly needsCertificate: boolean;
}

/**
 * Checks the argument of a function `called` that takes a resource server, since `authenticate` takes the options, too.
 * Throws `ConfigurationError`.
 */
export function checkResourceServer(called: string, value: unknown): void {
  if (isResourceServer(value)) return;
  throw new ConfigurationError(
    `${called}() takes a resource server. Write: const resourceServer = createResourceServer({ issuer, audience }), and give it to authenticate(resourceServer) and ${called}(resourceServer)`,
  );
}

/** Whether a value is a resource server (and not the options to make one): an object with a method `authenticate`. */
export function isResourceServer(value: unknown): value is ResourceServer<unknown> {
  if (typeof value !== 'object' || value === null) return false;
  return 'authenticate' in value && typeof value.authenticate === 'function';
}
