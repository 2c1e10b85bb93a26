import type { StandardSchemaV1 } from '@standard-schema/spec';
import { acceptedSchemes, readableSchemes } from './binding/accepted-schemes.ts';
import { bindingOf } from './binding/confirmation.ts';
import { proofAlgorithmNames } from './binding/proof-algorithms.ts';
import { type CredentialSource, readCredentials } from './http/credential-source.ts';
import { ABSENT, credentialsOf } from './http/credentials.ts';
import { type Refusal, RefusedError, refusalFor } from './http/refusal.ts';
import type { RequestView } from './http/request-view.ts';
import { type PublishedMetadata, resourceMetadata } from './http/resource-metadata.ts';
import type { ResourceMetadataOptions } from './http/resource-metadata-document.ts';
import { createIssuers } from './issuers/create-issuers.ts';
import { createLeases } from './lease/create-leases.ts';
import type { Lease, LeaseOptions } from './lease/lease.ts';
import { checkOptions, type OptionNames } from './lib/check-options.ts';
import { andThen, isThenable, type MaybePromise } from './lib/maybe-promise.ts';
import { withoutStack } from './lib/without-stack.ts';
import { type AuthError, isAuthError } from './model/errors.ts';
import type { Principal, RegisteredClaims } from './model/principal.ts';
import { type RefusalFacts, Refused } from './model/refused.ts';
import type { Scheme } from './model/scheme.ts';
import { noteResourceServer } from './options/duplicate-servers.ts';
import type { ResourceServerOptions } from './options/options.ts';
import { resolveOptions } from './options/resolve-options.ts';
import { type ExplainOptions, type Explanation, explainToken } from './pipeline/explain.ts';
import { explainRequest, type RequestExplanation } from './pipeline/explain-request.ts';
import { refusedAs } from './pipeline/refused-as.ts';
import { refusedEvent } from './pipeline/refused-event.ts';
import { unmetRequirement } from './pipeline/unmet-requirement.ts';
import { createVerifier } from './pipeline/verifier.ts';
import {
  ADAPTER_SIDE,
  type AdapterSide,
  type Admitted,
  ANONYMOUS,
} from './request/adapter-side.ts';
import type { Presentation } from './request/presentation.ts';
import type { ReadOutcome } from './request/token-reader.ts';
import type { VerifiedToken } from './request/verified-token.ts';
import type { Requirement } from './requirement/requirement.ts';
import { createScopeHierarchy } from './requirement/scope-hierarchy.ts';

/** The claims of a resource server's principals: its schema's output, or the registered ones. */
export type ClaimsOf<Schema> = Schema extends StandardSchemaV1
  ? StandardSchemaV1.InferOutput<Schema>
  : RegisteredClaims;

/** An API's way of deciding who is calling. Make one for the whole process and share it. */
export interface ResourceServer<Claims = RegisteredClaims> {
  /**
   * Says who sends a request. Rejects with `RefusedError`, an `AuthError` that carries its answer, when
   * that cannot be told or the token is not accepted.
   */
  authenticate(request: RequestView): Promise<Principal<Claims>>;
  /** The same, but a request without credentials gives `undefined`; bad ones are still refused. */
  authenticateOptional(request: RequestView): Promise<Principal<Claims> | undefined>;
  /**
   * Verifies an access token without a request (RFC 9068 §4): a queue message, a socket. A
   * sender-constrained token is refused, since there is no request to hold it against; where binding is
   * required, every token is (`binding_required`). Rejects with `RefusedError`.
   */
  verify(token: string): Promise<Principal<Claims>>;
  /**
   * Checks a principal (`undefined` for an anonymous request) against a requirement: `undefined` when
   * it is met, else the error to answer with. `passed` are the requirements of the route's earlier
   * guards: a challenge names their scopes too, so that the next token suffices for all. For nobody
   * that is `missing_credentials`, whatever the requirement, with the scopes to ask for.
   *
   * It answers a question and emits no event. An adapter's guards do. The error names the issuer, the
   * kind and the requirement's description. Throws a `TypeError` when a test or a requirement of the
   * application's own answers with a promise.
   */
  evaluate(
    principal: Principal<Claims> | undefined,
    requirement: Requirement,
    passed?: readonly Requirement[],
  ): RefusedError | undefined;
  /**
   * The right of a connection to go on that outlives its request (a WebSocket, an event stream): it ends
   * when the caller's token does, and can be renewed. `principal` is one that this server has verified a
   * token of; for any other it throws `ConfigurationError`.
   */
  lease(principal: Principal<Claims>, options?: LeaseOptions): Lease<Claims>;
  /** The scopes of a principal with those that `scopeImplies` adds. */
  expandScopes(scopes: readonly string[]): readonly string[];
  /** Status, headers and body for an error (RFC 6750 §3). */
  refusal(error: AuthError): Refusal;
  /** Resolves once the keys of every configured issuer are loaded: for start-up and readiness probes. */
  ready(options?: { readonly signal?: AbortSignal }): Promise<void>;
  /**
   * Says step by step what becomes of a token and why, for a person who looks for a fault. Never
   * throws for a bad token, and never makes one valid. Claim values are hidden unless `reveal`ed.
   * Rejects with `ConfigurationError` for a `reveal` that is no list of names.
   */
  explain(token: string, options?: ExplainOptions): Promise<Explanation>;
  /**
   * The same for a request as `authenticate` would see it: its credentials and its proof of possession,
   * too. It marks no proof as used, so that it says nothing of replays, and sets no header.
   */
  explainRequest(request: RequestView, options?: ExplainOptions): Promise<RequestExplanation>;
  /**
   * Publishes this API's metadata (RFC 9728): from now on every challenge, 400, 401 and 403 alike,
   * names its URL. Before that none does, also where `resource` is configured: a client would be sent
   * where nobody answers. A 401 names its `challengeScopes` too. Serve its `handler`, or have a gateway
   * serve the same. Throws `ConfigurationError` without a `resource`, or for options that are not right.
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
   * Whether no token is accepted without its request: `true` with `dpop` or `mtls` `'required'`, where
   * {@link verify} refuses every token.
   */
  readonly needsRequest: boolean;
}

const LEASE_OPTIONS: OptionNames<LeaseOptions> = { requirements: true, request: true };

const READY_OPTIONS: OptionNames<Parameters<ResourceServer['ready']>[0] & object> = {
  signal: true,
};

/**
 * Makes a resource server: it verifies access tokens and decides who is calling (RFC 6750, 9068).
 *
 * Checks of a token: algorithm, signature, `typ`, `iss`, `aud`, `exp`, `nbf`, the provider's own
 * marks, the claims schema, whether a user or a client is calling, with `dpop` the proof of a token that is
 * bound to a key (RFC 9449), with `mtls` the certificate of one that is bound to that (RFC 8705), and with
 * `revocation` whether the token was revoked. Without `dpop` it refuses tokens that are bound to a key,
 * without `mtls` those that are bound to a certificate. Throws `ConfigurationError` for options that are
 * missing or contradict each other; makes no request before the first token, unless `ready` is called.
 */
export function createResourceServer<Schema extends StandardSchemaV1 | undefined = undefined>(
  options: ResourceServerOptions<Schema>,
): ResourceServer<ClaimsOf<Schema>> {
  const resolved = resolveOptions(options);
  const { events, clock, scopeImplies, realm, resource, dpop, mtls } = resolved;
  const [schemes, readable] = [acceptedSchemes(dpop), readableSchemes(dpop)];
  const proofAlgorithms = dpop && proofAlgorithmNames(dpop.algorithms);
  const context = createScopeHierarchy({ scopeImplies, clock });
  const issuers = createIssuers(resolved);
  const verifier = createVerifier(issuers, resolved);
  const forget = noteResourceServer(resolved);
  const leases = createLeases({
    ...resolved,
    heldBy: verifier.heldBy,
    recheck: verifier.recheck,
    authenticate: (presented) => andThen(admit(presented), ({ principal }) => known(principal)),
    hold(principal, requirement) {
      const error = server.evaluate(principal, requirement);
      if (error !== undefined) refuse(error);
    },
    refuse: refuseRequest,
  });
  let published: PublishedMetadata | undefined;
  let challengeScopes: readonly string[] | undefined;

  function accept({ principal, issuer, cached }: VerifiedToken): void {
    if (!events.active) return;
    events.emit({
      type: 'request.authenticated',
      kind: principal.kind,
      issuerName: issuer.name,
      cached,
      // Accepted means that whatever the token is bound to was held against the request.
      binding: bindingOf(principal.confirmation),
      source: principal.source,
    });
  }

  function report(error: AuthError): void {
    if (events.active) events.emit(refusedEvent(error));
  }

  function refusal(error: AuthError): Refusal {
    const resourceMetadata = published?.url;
    const scopes = challengeScopes;
    return refusalFor(error, { schemes, proofAlgorithms, realm, resourceMetadata, scopes });
  }

  function refuse(error: RefusedError): never {
    report(error);
    throw error;
  }

  // A request is refused for what its client sent: no line of code is at fault, and none is looked for.
  function refuseRequest(refused: RefusalFacts, presented?: Presentation): never {
    const error = withoutStack(() =>
      presented === undefined
        ? new RefusedError(refused, refusal)
        : refusedAs(refused, presented, refusal),
    );
    return refuse(error);
  }

  function failed(error: unknown, presented: Presentation): never {
    if (!isAuthError(error)) throw error;
    return refuseRequest(error, presented);
  }

  function admit(presented: Presentation): MaybePromise<Admitted> {
    let outcome: MaybePromise<ReadOutcome>;
    try {
      outcome = verifier.verify(presented);
    } catch (error) {
      return failed(error, presented);
    }
    if (!isThenable(outcome)) return admitted(outcome, presented);
    return outcome.then(
      (settled) => admitted(settled, presented),
      (error) => failed(error, presented),
    );
  }

  function admitted(outcome: ReadOutcome, presented: Presentation): Admitted {
    if (outcome.principal === undefined) return refuseRequest(outcome, presented);
    accept(outcome);
    return { principal: outcome.principal, token: presented.token };
  }

  function admitRequest(
    request: RequestView,
    optional: boolean,
    source?: CredentialSource,
  ): MaybePromise<Admitted> {
    const credentials =
      source === undefined
        ? credentialsOf(request, readable)
        : readCredentials(source, request, readable);
    if (credentials.scheme !== undefined) {
      return admit({ token: credentials.token, scheme: credentials.scheme, request });
    }
    if (optional && credentials === ABSENT) return ANONYMOUS;
    return refuseRequest(new Refused(credentials.reason));
  }

  /** `undefined` stands for an anonymous request, which was not asked for. */
  function known(principal: Principal | undefined): Principal {
    return principal ?? refuseRequest(new Refused('credentials_missing'));
  }

  const server: ResourceServer = {
    resource,
    schemes,
    needsRequest: dpop?.mode === 'required' || mtls?.mode === 'required',
    async authenticate(request) {
      const admission = admitRequest(request, false);
      // What is there is not awaited: that would cost another turn of the microtask queue.
      const { principal } = isThenable(admission) ? await admission : admission;
      return known(principal);
    },
    async authenticateOptional(request) {
      const admission = admitRequest(request, true);
      return (isThenable(admission) ? await admission : admission).principal;
    },
    async verify(text) {
      const token = typeof text === 'string' ? text : '';
      let outcome: ReadOutcome;
      try {
        const answer = verifier.verify({ token, scheme: 'bearer', request: undefined });
        outcome = isThenable(answer) ? await answer : answer;
      } catch (error) {
        if (!isAuthError(error)) throw error;
        return refuse(new RefusedError(error, refusal));
      }
      // With a stack: it is the application's own code that has this token.
      if (outcome.principal === undefined) return refuse(new RefusedError(outcome, refusal));
      accept(outcome);
      return outcome.principal;
    },
    evaluate(principal, requirement, passed = []) {
      const refused = unmetRequirement(principal, { passed, requirement }, context);
      return refused && new RefusedError(refused, refusal);
    },
    lease(principal, leaseOptions = {}) {
      const checked = checkOptions('lease()', leaseOptions, LEASE_OPTIONS);
      return leases.begin(principal, checked);
    },
    expandScopes: (scopes) => context.expandScopes(scopes),
    refusal,
    ready: async (readyOptions = {}) => {
      const { signal } = checkOptions('ready()', readyOptions, READY_OPTIONS);
      await issuers.ready(signal);
    },
    explain: (token, explainOptions) => explainToken(token, issuers, resolved, explainOptions),
    explainRequest: (request, explainOptions) =>
      explainRequest(request, issuers, resolved, explainOptions),
    publishMetadata(metadata) {
      const configured = typeof resolved.issuers === 'function' ? [] : resolved.issuers;
      published = resourceMetadata(
        resource,
        configured.map(({ provider }) => provider.issuer),
        metadata,
        {
          dpop: dpop && {
            required: dpop.mode === 'required',
            algorithms: proofAlgorithms ?? [],
          },
          mtls: mtls !== undefined,
        },
      );
      challengeScopes = metadata?.challengeScopes && [...metadata.challengeScopes];
      return published;
    },
    close() {
      forget();
      leases.close();
      verifier.close();
      issuers.close();
    },
  };
  // Not enumerable: a copy of a server whose methods were replaced must not answer past them.
  const side: AdapterSide = { admit: admitRequest, report };
  Object.defineProperty(server, ADAPTER_SIDE, { value: side });
  const shared: ResourceServer = Object.freeze(server);
  return shared as ResourceServer<ClaimsOf<Schema>>;
}

/** Whether a value is a resource server, not the options for one. */
export function isResourceServer(value: unknown): value is ResourceServer<unknown> {
  if (typeof value !== 'object' || value === null) return false;
  return 'authenticate' in value && typeof value.authenticate === 'function';
}
