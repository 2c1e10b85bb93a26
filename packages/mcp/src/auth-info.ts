import {
  ConfigurationError,
  credentialsOf,
  type NodeRequest,
  nodeRequestView,
  type Principal,
} from '@authly/core';
import { admissionOf, presentedTokenOf } from '@authly/core/adapter';

/**
 * What handlers of the MCP SDK learn about a verified token: `ctx.http.authInfo`. It has the shape of the SDK's
 * own `AuthInfo`, and can be used in its place.
 *
 * It holds the token itself, because the SDK's type does: do not log it, and do not send the token to other
 * servers, since it is meant only for this one (MCP authorization, "Token Handling").
 */
export interface AuthInfo {
  readonly token: string;
  /** The client's id at the issuer; empty for a user's token that does not say. */
  readonly clientId: string;
  /** Granted scopes, with those that `scopeImplies` adds. The SDK's type has a mutable list. */
  readonly scopes: string[];
  /** Seconds since the epoch. */
  readonly expiresAt: number;
  /** The MCP server that the token is for (RFC 8707). */
  readonly resource?: URL;
  readonly extra: {
    /** Who is calling; read it with `principalFrom`. */
    readonly principal: Principal;
  };
}

/** What is needed in addition to the principal. A `ResourceServer` has these members. */
export interface AuthInfoOptions {
  /**
   * The MCP server's own URL. It becomes `resource` only if the token's `aud` names it. Otherwise `resource` is
   * left out, and the SDK's `expectedResource` refuses the token.
   */
  readonly resource?: string | undefined;
  /** Adds the scopes that others imply. Default: none are added. */
  readonly expandScopes?: (scopes: readonly string[]) => readonly string[];
}

/**
 * A principal in the terms of the MCP SDK. It verifies nothing: `token` is the verified token that the
 * principal came from. `resource` is set only when the token's audience contains it.
 *
 * ```ts
 * handler.fetch(request, { authInfo: toAuthInfo(principal, token, resourceServer) });
 * ```
 */
export function toAuthInfo(
  principal: Principal,
  token: string,
  options: AuthInfoOptions,
): AuthInfo {
  if (typeof options !== 'object' || options === null) {
    throw new ConfigurationError(
      'toAuthInfo() and setAuthInfo() take the resource server last. Write: setAuthInfo(req, principalOf(req), resourceServer)',
    );
  }
  const { resource, expandScopes = (scopes) => scopes } = options;
  return {
    token,
    clientId: principal.clientId ?? '',
    scopes: [...expandScopes(principal.scopes)],
    expiresAt: principal.expiresAt,
    ...(resource !== undefined &&
      isAmong(principal.audience, resource) && { resource: new URL(resource) }),
    extra: { principal },
  };
}

// Some clients write an origin with a slash at the end, which is the same URL (RFC 3986 §6.2.3).
function isAmong(audience: readonly string[], resource: string): boolean {
  if (audience.includes(resource)) return true;
  return /^https?:\/\/[^/]+$/.test(resource) && audience.includes(`${resource}/`);
}

/** Node's request, where the MCP SDK's Node transport looks for `auth`. */
export interface SettableRequest extends NodeRequest {
  auth?: unknown;
}

/** What carries Node's request: Koa's `ctx`. */
export interface CarriedRequest {
  readonly req: SettableRequest;
}

/**
 * Sets `auth` of Node's request, where the MCP SDK's handlers for Node read it. For a route behind
 * `authenticate`, which has verified the token and knows the principal:
 *
 * ```ts
 * setAuthInfo(req, principalOf(req), resourceServer);  // Express
 * setAuthInfo(ctx, principalOf(ctx), resourceServer);  // Koa
 * ```
 *
 * The token is the one that `authenticate` accepted, also where it came in a cookie. For a request that
 * `authenticate` has not seen, such as Koa's `ctx.req`, it is that of the `Authorization` header. Verifies
 * nothing. Throws a programming error when there is no token, because then `authenticate` has not accepted this
 * request.
 */
export function setAuthInfo(
  request: SettableRequest | CarriedRequest,
  principal: Principal,
  options: AuthInfoOptions,
): void {
  const nodeRequest = isCarried(request) ? request.req : request;
  const admission = admissionOf(request);
  const token = (admission && presentedTokenOf(admission)) ?? tokenInHeader(nodeRequest);
  if (token === undefined) {
    throw new Error(
      'The request carries no access token. Write: app.use(authenticate(resourceServer)) before setAuthInfo',
    );
  }
  nodeRequest.auth = toAuthInfo(principal, token, options);
}

function isCarried(request: SettableRequest | CarriedRequest): request is CarriedRequest {
  return 'req' in request && typeof request.req === 'object' && request.req !== null;
}

function tokenInHeader(request: SettableRequest): string | undefined {
  // Whatever schemes the resource server accepts: `authenticate` has decided that already.
  const credentials = credentialsOf(nodeRequestView(request, ''), ['bearer', 'dpop']);
  return credentials.scheme === undefined ? undefined : credentials.token;
}
