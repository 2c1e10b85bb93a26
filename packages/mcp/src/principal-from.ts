import { AuthError, type ClientPrincipal, type Principal, type UserPrincipal } from '@authly/core';

/** What carries a principal: an `AuthInfo` as `toAuthInfo` makes it, of any version of the SDK. */
export interface CarriesPrincipal {
  readonly extra?: Readonly<Record<string, unknown>> | undefined;
}

/**
 * Who is calling, inside a tool: `principalFrom(ctx.http?.authInfo)`. Throws a programming error when the
 * `AuthInfo` was not made by `setAuthInfo`, `toAuthInfo` or `tokenVerifier`.
 */
export function principalFrom(authInfo: CarriesPrincipal | undefined): Principal {
  const principal = authInfo?.extra?.['principal'];
  if (isPrincipal(principal)) return principal;
  throw new Error(
    'There is no principal. Write: setAuthInfo(req, principalOf(req), resourceServer) before the MCP handler',
  );
}

/** The user who is calling; throws `AuthError` `forbidden` for a client, which a tool answers as its error. */
export function userFrom(authInfo: CarriesPrincipal | undefined): UserPrincipal {
  const principal = principalFrom(authInfo);
  if (principal.kind === 'user') return principal;
  throw new AuthError('user_required');
}

/** The client that is calling in its own name; throws `AuthError` `forbidden` for a user. */
export function clientFrom(authInfo: CarriesPrincipal | undefined): ClientPrincipal {
  const principal = principalFrom(authInfo);
  if (principal.kind === 'client') return principal;
  throw new AuthError('client_required');
}

// The SDK's type is `unknown`. Only this server's code writes this member, never a request.
function isPrincipal(value: unknown): value is Principal {
  return (
    typeof value === 'object' &&
    value !== null &&
    'kind' in value &&
    (value.kind === 'user' || value.kind === 'client')
  );
}
