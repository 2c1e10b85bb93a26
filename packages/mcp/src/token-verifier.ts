import {
  type AuthError,
  type AuthErrorCode,
  ConfigurationError,
  isAuthError,
  type Principal,
  type ResourceServer,
} from '@authly/core';
import { type AuthInfo, toAuthInfo } from './auth-info.ts';

/** Verifies tokens for the MCP SDK's own middleware: it fits the SDK's `OAuthTokenVerifier`. */
export interface TokenVerifier {
  /** Resolves with what the SDK needs to know about a good token; rejects with the SDK's error for a bad one. */
  verifyAccessToken(token: string): Promise<AuthInfo>;
}

/** The error class of the MCP SDK 2.x: its middleware answers no other error than its own, by `code`. */
export type OAuthErrorClass = new (
  code: string,
  message: string,
) => Error & {
  readonly code: string;
};

/**
 * A verifier for `requireBearerAuth` of the MCP SDK, for servers that keep that middleware:
 *
 * ```ts
 * import { OAuthError } from '@modelcontextprotocol/server';
 *
 * requireBearerAuth({ verifier: tokenVerifier(resourceServer, OAuthError), resourceMetadataUrl });
 * ```
 *
 * It makes the checks that `createResourceServer` lists, the audience included. Because the SDK's middleware
 * writes the answer, and not Authly's, it has these limits:
 * - an outage of the issuer is 500 without `Retry-After`, not 503;
 * - a request without credentials, or with those of another scheme, gets `invalid_token`;
 * - of several `Authorization` headers the first counts, where Authly refuses the request;
 * - `clockToleranceSec` does not help an expired token: the SDK compares `exp` with its own clock;
 * - `requiredScopes` work with `scopeImplies`, but nothing else of Authly's guards does: no kinds, no
 *   step-up, no scopes of earlier guards in a challenge;
 * - a token that is bound to a key (DPoP) or a certificate (mutual TLS) is refused, since there is no request
 *   that could prove the binding.
 *
 * It does not work with the SDK 1.x, whose middleware needs a class for each error. Use `authenticate` and
 * `setAuthInfo` there.
 *
 * @throws ConfigurationError without a `resource`, the MCP server's URL; for a resource server with
 *   `dpop` or `mtls` `'required'`, whose tokens only `authenticate` can accept; and for another class than the
 *   `OAuthError` of the SDK 2.x.
 */
export function tokenVerifier(
  resourceServer: ResourceServer<unknown>,
  OAuthError: OAuthErrorClass,
): TokenVerifier {
  if (resourceServer.resource === undefined) {
    throw new ConfigurationError(
      "An MCP server needs its own URL. Write: createResourceServer({ …, resource: 'https://mcp.acme.com/mcp' })",
    );
  }
  // The SDK's middleware hands over a token and no request, so that no binding can be checked.
  if (resourceServer.needsRequest || !resourceServer.schemes.includes('bearer')) {
    throw new ConfigurationError(
      "tokenVerifier() cannot serve a resource server with dpop: 'required' or mtls: { mode: 'required' }: it sees no request, and so neither a proof nor a certificate. Write: authenticate(resourceServer) before the MCP handler",
    );
  }
  checkErrorClass(OAuthError);
  return Object.freeze({
    async verifyAccessToken(token: string) {
      try {
        const principal = await resourceServer.verify(token);
        // The claims are those of the server's schema, which is what `Register` declares.
        return toAuthInfo(principal as Principal, token, resourceServer);
      } catch (error) {
        throw isAuthError(error) ? translated(error, OAuthError) : error;
      }
    },
  });
}

// The error classes of SDK 1.x take the message first, and each has a fixed code: such an error would be
// answered with 400 and without a challenge.
function checkErrorClass(OAuthError: OAuthErrorClass): void {
  const [code, message] = ['invalid_token', 'The access token has expired'];
  if (typeof OAuthError === 'function') {
    const error = new OAuthError(code, message);
    if (error.code === code && error.message === message) return;
  }
  throw new ConfigurationError(
    'tokenVerifier() needs the class OAuthError of the MCP SDK 2.x. ' +
      "Write: import { OAuthError } from '@modelcontextprotocol/server'. With the SDK 1.x, leave requireBearerAuth out and write: " +
      'app.use(authenticate(resourceServer)), then setAuthInfo(req, principalOf(req), resourceServer)',
  );
}

function translated(error: AuthError, OAuthError: OAuthErrorClass): Error {
  const translation = new OAuthError(codeFor(error.code), error.message);
  // For the operator's log; the SDK answers with code and message alone.
  translation.cause = error;
  return translation;
}

/** The SDK's middleware answers 401, 403 and 500 for these three, and 400 for whatever else. */
function codeFor(code: AuthErrorCode): string {
  if (code === 'temporarily_unavailable') return 'server_error';
  return code === 'invalid_request' ? code : 'invalid_token';
}
