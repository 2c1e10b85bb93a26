import type { StandardSchemaV1 } from '@standard-schema/spec';
import { ABSENT, type Credentials, credentialsOf, isBearerToken } from './http/credentials.ts';
import { type Refusal, refusalOf } from './http/refusal.ts';
import type { RequestView } from './http/request-view.ts';
import { type PublishedMetadata, resourceMetadata } from './http/resource-metadata.ts';
import type { ResourceMetadataOptions } from './http/resource-metadata-document.ts';
import { createIssuers } from './issuers/create-issuers.ts';
import { checkOptions, type OptionNames } from './lib/check-options.ts';
import { andThen } from './lib/maybe-promise.ts';
import { AuthError, isAuthError } from './model/errors.ts';
import type { Principal, RegisteredClaims } from './model/principal.ts';
import { noteResourceServer } from './options/duplicate-servers.ts';
import type { ResourceServerOptions } from './options/options.ts';
import { resolveOptions } from './options/resolve-options.ts';
import { type ExplainOptions, type Explanation, explainToken } from './pipeline/explain.ts';
import { createVerifier } from './pipeline/verifier.ts';
import type { VerifiedToken } from './request/verified-token.ts';
import { askedScopes } from './requirement/asked-scopes.ts';
import { evaluate, scopesNeeded } from './requirement/evaluate.ts';
import type { Requirement } from './requirement/requirement.ts';
import { createScopeHierarchy } from './requirement/scope-hierarchy.ts';

/** The claims of a resource server's principals: its schema's output, or the registered ones. */
export type ClaimsOf<Schema> = Schema extends StandardSchemaV1
  ? StandardSchemaV1.InferOutput<Schema>
  : RegisteredClaims;

/** An API's way of deciding who is calling. Make one for the whole process and share it. */
export interface ResourceServer<Claims = RegisteredClaims> {
  /**
   * Says who sends a request. Throws `AuthError`, or rejects with it, when that cannot be told.
   * Gives a promise when something must be awaited: keys, or under load the signature's turn.
   */
  authenticate(request: RequestView): Principal<Claims> | Promise<Principal<Claims>>;
  /** The same, but a request without credentials gives `undefined`; bad ones are still refused. */
  authenticateOptional(
    request: RequestView,
  ): Principal<Claims> | undefined | Promise<Principal<Claims>>;
  /**
   * Verifies an access token without a request (RFC 9068 §4): a queue message, a socket. A
   * sender-constrained token is refused, since there is no request to hold it against.
   */
  verify(token: string): Principal<Claims> | Promise<Principal<Claims>>;
  /**
   * Holds a principal, or nobody, against a requirement: `undefined` when it is met, else the error.
   * `passed` are the requirements of the route's earlier guards: a challenge names their scopes too,
   * so that the next token suffices for all. For nobody that is `missing_credentials`, whatever the
   * requirement, with the scopes to ask for.
   */
  evaluate(
    principal: Principal<Claims> | undefined,
    requirement: Requirement,
    passed?: readonly Requirement[],
  ): AuthError | undefined;
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
   * Publishes this API's metadata (RFC 9728): from now on every challenge, 400, 401 and 403 alike,
   * names its URL. Before that none does, also where `resource` is configured: a client would be sent
   * where nobody answers. Serve its `handler`, or have a gateway serve the same. Throws
   * `ConfigurationError` without a `resource`, or for options that are not right.
   */
  publishMetadata(options?: ResourceMetadataOptions): PublishedMetadata;
  /** Ends background work and forgets verified tokens. */
  close(): void;
  /** This API's resource identifier, when it has one (RFC 9728 §1.2). */
  readonly resource: string | undefined;
}

const READY_OPTIONS: OptionNames<Parameters<ResourceServer['ready']>[0] & object> = {
  signal: true,
};

/**
 * Makes a resource server: it verifies access tokens and decides who is calling (RFC 6750, 9068).
 *
 * Checks of a token: algorithm, signature, `typ`, `iss`, `aud`, `exp`, `nbf`, the provider's own
 * marks, the claims schema, and whether a user or a client is calling. It does not check revocation,
 * and refuses sender-constrained tokens (`cnf`). Throws `ConfigurationError` for options that are
 * missing or contradict each other; makes no request before the first token, unless `ready` is called.
 */
export function createResourceServer<Schema extends StandardSchemaV1 | undefined = undefined>(
  options: ResourceServerOptions<Schema>,
): ResourceServer<ClaimsOf<Schema>> {
  const resolved = resolveOptions(options);
  const { events, clock, scopeImplies, realm, resource } = resolved;
  const context = createScopeHierarchy({ scopeImplies, clock });
  const issuers = createIssuers(resolved);
  const verifier = createVerifier(issuers, resolved);
  const forget = noteResourceServer(resolved);
  let published: PublishedMetadata | undefined;

  function accept({ principal, issuer, cached }: VerifiedToken): Principal {
    if (events.active) {
      events.emit({
        type: 'request.authenticated',
        kind: principal.kind,
        issuerName: issuer.name,
        cached,
      });
    }
    return principal;
  }

  function refuse(error: unknown, token?: string): never {
    if (!isAuthError(error)) throw error;
    // RFC 6750 §3.1: a credential that is no b64token is a malformed request, not a bad token.
    const malformed =
      error.reason === 'token_malformed' && token !== undefined && !isBearerToken(token);
    throw report(malformed ? new AuthError('authorization_malformed') : error);
  }

  function report(error: AuthError): AuthError {
    if (events.active) {
      const { code, reason, issuerName } = error;
      events.emit({
        type: 'request.refused',
        code,
        reason,
        ...(issuerName === undefined ? {} : { issuerName }),
      });
    }
    return error;
  }

  function verify(token: string, bearer?: string): Principal | Promise<Principal> {
    try {
      const verified = verifier.verify(token);
      return andThen(verified, accept, (error) => refuse(error, bearer));
    } catch (error) {
      return refuse(error, bearer);
    }
  }

  function withCredentials(credentials: Credentials): Principal | Promise<Principal> {
    return credentials.kind === 'bearer'
      ? verify(credentials.token, credentials.token)
      : refuse(new AuthError(credentials.reason));
  }

  const server: ResourceServer = {
    resource,
    authenticate(request) {
      return withCredentials(credentialsOf(request));
    },
    authenticateOptional(request) {
      const credentials = credentialsOf(request);
      return credentials === ABSENT ? undefined : withCredentials(credentials);
    },
    verify(token) {
      return verify(typeof token === 'string' ? token : '');
    },
    evaluate(principal, requirement, passed = []) {
      if (principal === undefined) return report(anonymous([...passed, requirement]));
      const unmet = evaluate(requirement, principal, context);
      if (unmet === undefined) return undefined;
      const { reason, scopes, ...details } = unmet;
      if (scopes === undefined) return report(new AuthError(reason, details));
      const earlier = passed.flatMap((each) => scopesNeeded(each, principal, context));
      const needed = [...new Set([...earlier, ...scopes])];
      return report(new AuthError(reason, { ...details, scopes: needed }));
    },
    expandScopes: (scopes) => context.expandScopes(scopes),
    refusal: (error) => refusalOf(error, { realm, resourceMetadata: published?.url }),
    ready: async (readyOptions = {}) => {
      const { signal } = checkOptions('ready()', readyOptions, READY_OPTIONS);
      await issuers.ready(signal);
    },
    explain: (token, explainOptions) => explainToken(token, issuers, resolved, explainOptions),
    publishMetadata(metadata) {
      const configured = typeof resolved.issuers === 'function' ? [] : resolved.issuers;
      published = resourceMetadata(
        resource,
        configured.map(({ provider }) => provider.issuer),
        metadata,
      );
      return published;
    },
    close() {
      forget();
      verifier.close();
      issuers.close();
    },
  };
  return Object.freeze(server) as ResourceServer<ClaimsOf<Schema>>;
}

// RFC 6750 §3.1 forbids an error code where there are no credentials, not the scopes to ask for.
function anonymous(requirements: readonly Requirement[]): AuthError {
  const scopes = [...new Set(requirements.flatMap(askedScopes))];
  return new AuthError('credentials_missing', scopes.length === 0 ? {} : { scopes });
}

/** Whether a value is a resource server, not the options for one. */
export function isResourceServer(value: unknown): value is ResourceServer<unknown> {
  if (typeof value !== 'object' || value === null) return false;
  return 'authenticate' in value && typeof value.authenticate === 'function';
}
