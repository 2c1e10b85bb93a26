import type { StandardSchemaV1 } from '@standard-schema/spec';
import { acceptedSchemes, readableSchemes } from './binding/accepted-schemes.ts';
import { bindingOf } from './binding/confirmation.ts';
import { proofAlgorithmNames } from './binding/proof-algorithms.ts';
import { type CredentialSource, readCredentials } from './http/credential-source.ts';
import { ABSENT, credentialsOf } from './http/credentials.ts';
import { type Refusal, RefusedError, refusalFor } from './http/refusal.ts';
import type { RequestView } from './http/request-view.ts';
import { type PublishedMetadata, resourceMetadata } from './http/resource-metadata.ts';
import { createIssuers } from './issuers/create-issuers.ts';
import { createLeases } from './lease/create-leases.ts';
import type { LeaseOptions } from './lease/lease.ts';
import { checkOptions, type OptionNames } from './lib/check-options.ts';
import { andThen, isThenable, type MaybePromise } from './lib/maybe-promise.ts';
import { mustBe } from './lib/option-checks.ts';
import { withoutStack } from './lib/without-stack.ts';
import { type AuthError, isAuthError } from './model/errors.ts';
import type { Principal } from './model/principal.ts';
import { type RefusalFacts, Refused } from './model/refused.ts';
import { noteResourceServer } from './options/duplicate-servers.ts';
import type { ResourceServerOptions } from './options/options.ts';
import { type OptionsTaker, resolveOptions } from './options/resolve-options.ts';
import { explainToken } from './pipeline/explain.ts';
import { explainRequest } from './pipeline/explain-request.ts';
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
import { type Presentation, PresentedToken } from './request/presentation.ts';
import type { ReadOutcome } from './request/token-reader.ts';
import type { VerifiedToken } from './request/verified-token.ts';
import { checkEvaluation } from './requirement/check-evaluation.ts';
import { createScopeHierarchy } from './requirement/scope-hierarchy.ts';
import type { ClaimsOf, ResourceServer } from './resource-server.ts';

const LEASE_OPTIONS: OptionNames<LeaseOptions> = {
  requirements: mustBe.aList("requirements: [scope('chat')]"),
  request: mustBe.withMethods(['header'], 'request: nodeRequestView(req)'),
};

const READY_OPTIONS: OptionNames<Parameters<ResourceServer['ready']>[0] & object> = {
  signal: mustBe.withMethods(['throwIfAborted'], 'signal: AbortSignal.timeout(10_000)'),
};

/**
 * Makes a resource server: it verifies access tokens, and tells whether a user or a client is calling (RFC 6750, RFC 9068).
 *
 * It checks of each token: algorithm, signature, `typ`, `iss`, `aud`, `exp`, `nbf`, the preset's own rules, the claims
 * schema, and whether a user or a client is calling. With `dpop`, it checks the proof of a token that is bound to a key
 * (RFC 9449); without `dpop`, it refuses such tokens. With `mtls`, it checks the client certificate of a token that is
 * bound to one (RFC 8705); without `mtls`, it refuses such tokens. With `revocation`, it checks whether the token was
 * revoked; without it, a token is accepted until it expires. It does not check what the caller may do: requirements do.
 *
 * It makes no request before the first token, unless `ready()` is called.
 *
 * @throws ConfigurationError for options that are missing, wrong, or contradict each other.
 */
export function createResourceServer<Schema extends StandardSchemaV1 | undefined = undefined>(
  options: ResourceServerOptions<Schema>,
): ResourceServer<ClaimsOf<Schema>> {
  return resourceServerOf(options, 'createResourceServer');
}

/** Makes a resource server. Errors about its options name `taker`: the function that was called with them. */
export function resourceServerOf<Schema extends StandardSchemaV1 | undefined = undefined>(
  options: ResourceServerOptions<Schema>,
  taker: OptionsTaker,
): ResourceServer<ClaimsOf<Schema>> {
  const resolved = resolveOptions(options, taker);
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
      // The token was accepted, so each of its bindings was checked.
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

  // Without a stack trace: a request is refused because of what its client sent, and no line of code is wrong.
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
    return isThenable(outcome) ? admitLater(outcome, presented) : admitted(outcome, presented);
  }

  // A separate function: a function that contains closures allocates an object for their variables at each call, even when it
  // creates no closure.
  function admitLater(outcome: Promise<ReadOutcome>, presented: Presentation): Promise<Admitted> {
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
      return admit(new PresentedToken(credentials, request));
    }
    if (optional && credentials === ABSENT) return ANONYMOUS;
    return refuseRequest(new Refused(credentials.reason));
  }

  /** Refuses an anonymous request (`undefined`), for calls that did not allow one. */
  function known(principal: Principal | undefined): Principal {
    return principal ?? refuseRequest(new Refused('credentials_missing'));
  }

  const server: ResourceServer = {
    resource,
    schemes,
    needsRequest: dpop?.mode === 'required' || mtls?.mode === 'required',
    needsCertificate: mtls?.mode === 'required',
    async authenticate(request) {
      const admission = admitRequest(request, false);
      // A result that is not a promise is not awaited: that would take another turn of the microtask queue.
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
      // With a stack trace, because the application's own code has passed this token.
      if (outcome.principal === undefined) return refuse(new RefusedError(outcome, refusal));
      accept(outcome);
      return outcome.principal;
    },
    evaluate(principal, requirement, passed = []) {
      let refused: Refused | undefined;
      try {
        refused = unmetRequirement(principal, { passed, requirement }, context);
      } catch (error) {
        checkEvaluation(principal, requirement);
        throw error;
      }
      if (refused === undefined) return undefined;
      checkEvaluation(principal, requirement);
      return new RefusedError(refused, refusal);
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
  // Not enumerable, so that a copy (`{ ...server, authenticate }`) does not have it: adapters then use the copy's methods.
  const side: AdapterSide = { admit: admitRequest, report };
  Object.defineProperty(server, ADAPTER_SIDE, { value: side });
  const shared: ResourceServer = Object.freeze(server);
  return shared as ResourceServer<ClaimsOf<Schema>>;
}
