import type { StandardSchemaV1 } from '@standard-schema/spec';
import type { Refusal, RefusedError } from './http/refusal.ts';
import type { RequestView } from './http/request-view.ts';
import type { PublishedMetadata } from './http/resource-metadata.ts';
import type { ResourceMetadataOptions } from './http/resource-metadata-document.ts';
import type { Lease, LeaseOptions } from './lease/lease.ts';
import type { AuthError } from './model/errors.ts';
import type { Principal, RegisteredClaims } from './model/principal.ts';
import type { Scheme } from './model/scheme.ts';
import type { ExplainOptions, Explanation } from './pipeline/explain.ts';
import type { RequestExplanation } from './pipeline/explain-request.ts';
import type { Requirement } from './requirement/requirement.ts';

/** The claims of a resource server's principals: its schema's output, or the registered ones. */
export type ClaimsOf<Schema> = Schema extends StandardSchemaV1
  ? StandardSchemaV1.InferOutput<Schema>
  : RegisteredClaims;

/** An API's way of deciding who is calling. Make one for the whole process and share it. */
export interface ResourceServer<Claims = RegisteredClaims> {
  /**
   * Says who sends a request. Rejects with `RefusedError`, an `AuthError` that carries its answer, when the
   * request has no credentials or its token is not accepted.
   */
  authenticate(request: RequestView): Promise<Principal<Claims>>;
  /** The same, but a request without credentials gives `undefined`; bad ones are still refused. */
  authenticateOptional(request: RequestView): Promise<Principal<Claims> | undefined>;
  /**
   * Verifies an access token without a request (RFC 9068 §4), such as that of a queue message or a socket. A
   * sender-constrained token is refused, since there is no request that could prove its binding. Where binding
   * is required every token is refused (`binding_required`). Rejects with `RefusedError`.
   */
  verify(token: string): Promise<Principal<Claims>>;
  /**
   * Checks a principal (`undefined` for an anonymous request) against a requirement: `undefined` when
   * it is met, else the error to answer with. `passed` are the requirements of the route's earlier
   * guards: a challenge names their scopes too, so that the next token suffices for all. For an anonymous
   * request the error is always `missing_credentials`, with the scopes to ask for.
   *
   * It emits no event; the guards of an adapter do. The error names the issuer, the kind and the description of
   * the requirement. Throws a `TypeError` when a test or a requirement of the application returns a promise.
   */
  evaluate(
    principal: Principal<Claims> | undefined,
    requirement: Requirement,
    passed?: readonly Requirement[],
  ): RefusedError | undefined;
  /**
   * A lease for a connection that outlives its request (a WebSocket, an event stream): how long the connection
   * may stay open. It ends when the caller's token ends, and can be renewed. `principal` must come from a token
   * that this server has verified; otherwise it throws `ConfigurationError`.
   */
  lease(principal: Principal<Claims>, options?: LeaseOptions): Lease<Claims>;
  /** The scopes of a principal with those that `scopeImplies` adds. */
  expandScopes(scopes: readonly string[]): readonly string[];
  /** Status, headers and body for an error (RFC 6750 §3). */
  refusal(error: AuthError): Refusal;
  /** Resolves once the keys of every configured issuer are loaded: for start-up and readiness probes. */
  ready(options?: { readonly signal?: AbortSignal }): Promise<void>;
  /**
   * Says step by step how a token is checked and why it is accepted or refused, for a person who looks for a
   * fault. Never rejects for a bad token, and never makes one valid. Claim values are hidden, except for those
   * of the names in `reveal`. Rejects with `ConfigurationError` for a `reveal` that is no list of names.
   */
  explain(token: string, options?: ExplainOptions): Promise<Explanation>;
  /**
   * The same for a request as `authenticate` would see it: its credentials and its proof of possession,
   * too. It marks no proof as used, so it does not notice replays, and sets no header.
   */
  explainRequest(request: RequestView, options?: ExplainOptions): Promise<RequestExplanation>;
  /**
   * Publishes this API's metadata (RFC 9728): from now on every challenge, 400, 401 and 403 alike,
   * names its URL. Before that no challenge names it, even where `resource` is configured, because clients
   * would be sent to a URL that nobody serves. A 401 names its `challengeScopes` too. Serve its `handler`, or
   * let a gateway serve the same document. Throws `ConfigurationError` without a `resource`, or for options
   * that are not right.
   */
  publishMetadata(options?: ResourceMetadataOptions): PublishedMetadata;
  /** Ends every lease and background work, and forgets verified tokens. */
  close(): void;
  /** This API's resource identifier, when it has one (RFC 9728 §1.2). */
  readonly resource: string | undefined;
  /**
   * The schemes of `Authorization` under which tokens are accepted: `['bearer']`, `['bearer', 'dpop']`
   * with `dpop: 'when-bound'`, `['dpop']` with `dpop: 'required'`. Tokens that are bound to a certificate
   * come under `bearer`.
   */
  readonly schemes: readonly Scheme[];
  /**
   * Whether every token needs its request: `true` with `dpop` or `mtls` `'required'`, where {@link verify}
   * refuses every token.
   */
  readonly needsRequest: boolean;
  /** Whether no token is accepted without the client certificate that it is bound to: `true` with `mtls` `'required'`. */
  readonly needsCertificate: boolean;
}

/** Whether a value is a resource server, not the options for one. */
export function isResourceServer(value: unknown): value is ResourceServer<unknown> {
  if (typeof value !== 'object' || value === null) return false;
  return 'authenticate' in value && typeof value.authenticate === 'function';
}
