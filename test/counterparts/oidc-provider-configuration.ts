import { randomBytes } from 'node:crypto';
import { generateTestKey } from '@authly/testing';

/** Algorithms that the server signs access tokens with, each for an API of its own. */
export const ALGORITHMS = ['ES256', 'RS256', 'PS256', 'EdDSA'] as const;

export const API = 'https://api.example.com';
export const OTHER_API = 'https://billing.example.com';
/** One that the server knows nothing of: it answers `invalid_target` (RFC 8707 §2). */
export const UNKNOWN_API = 'https://unknown.example.com';

/** An API whose tokens are signed with one algorithm. */
export function apiFor(algorithm: string): string {
  return `${API}/${algorithm}`;
}

/** The client that calls for itself. */
export const MACHINE = { id: 'nightly-sync', secret: 'a-secret-of-the-nightly-sync-job' } as const;

/** The client through which users call. */
export const WEB_APP = {
  id: 'web-app',
  secret: 'a-secret-of-the-web-application',
  redirectUri: 'https://app.example.com/callback',
  goodbyeUri: 'https://app.example.com/goodbye',
} as const;

/**
 * `oidc-provider` with JWT access tokens (RFC 9068), resource indicators (RFC 8707) and two clients.
 * With `pages` it shows its own pages to sign in and to consent. Tokens are bound where a client sends a
 * DPoP proof, which with `nonces` has to carry a nonce of the server. With `logout` it tells the web application's
 * back end of users who sign out.
 */
export function oidcProviderConfiguration({
  pages = false,
  nonces = false,
  logout,
}: {
  readonly pages?: boolean;
  readonly nonces?: boolean;
  readonly logout?: LogoutConfiguration;
} = {}): object {
  return {
    clients: [
      {
        client_id: MACHINE.id,
        client_secret: MACHINE.secret,
        grant_types: ['client_credentials'],
        redirect_uris: [],
        response_types: [],
      },
      {
        client_id: WEB_APP.id,
        client_secret: WEB_APP.secret,
        grant_types: ['authorization_code'],
        redirect_uris: [WEB_APP.redirectUri],
        response_types: ['code'],
        ...(logout && clientLogout(logout)),
      },
    ],
    jwks: { keys: ALGORITHMS.map((name) => generateTestKey(name, `op-${name}`).privateJwk) },
    ttl: {
      ClientCredentials: 60,
      AccessToken: 60,
      Interaction: 60,
      Session: 60,
      Grant: 60,
      IdToken: 60,
    },
    // Whoever signs in has an account.
    findAccount: (_context: unknown, accountId: string) => ({
      accountId,
      claims: () => ({ sub: accountId }),
    }),
    cookies: { keys: ['a key for the cookies of a test'] },
    // Says the kind; the server writes `sub`, `client_id`, `iss` and `aud` over it.
    extraTokenClaims: async (context: Context, token: Token) => ({
      sub_type: token.kind === 'ClientCredentials' ? 'client' : 'user',
      ...(logout?.sid && { sid: await sessionIdOf(context, token) }),
    }),
    // Without the dispatcher of the server's own, which refuses loopback addresses.
    fetch: (url: string, { dispatcher: _ours, ...options }: { readonly dispatcher?: unknown }) =>
      fetch(url, options),
    features: {
      devInteractions: { enabled: pages },
      dPoP: { enabled: true, nonceSecret: randomBytes(32), requireNonce: () => nonces },
      clientCredentials: { enabled: true },
      ...(logout && LOGOUT_FEATURES),
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: (_context: unknown, resource: string) =>
          resourceServerInfo(resource),
      },
    },
  };
}

/** How the web application is told of users who sign out. */
export interface LogoutConfiguration {
  /** Where logout tokens are posted. */
  readonly uri: string;
  /** Whether logout tokens and access tokens carry the session. */
  readonly sid: boolean;
}

interface Token {
  readonly kind: string;
  readonly clientId: string;
  readonly sessionUid?: string;
}

interface Context {
  readonly oidc: {
    readonly provider: {
      readonly Session: {
        findByUid(uid: string): Promise<{ sidFor(clientId: string): string } | undefined>;
      };
    };
  };
}

/** The session's id as ID tokens and logout tokens name it, which is another one for each client. */
async function sessionIdOf(
  { oidc }: Context,
  { sessionUid, clientId }: Token,
): Promise<string | undefined> {
  if (sessionUid === undefined) return undefined;
  return (await oidc.provider.Session.findByUid(sessionUid))?.sidFor(clientId);
}

function clientLogout({ uri, sid }: LogoutConfiguration): object {
  return {
    backchannel_logout_uri: uri,
    backchannel_logout_session_required: sid,
    post_logout_redirect_uris: [WEB_APP.goodbyeUri],
  };
}

const LOGOUT_FEATURES = {
  backchannelLogout: { enabled: true },
  rpInitiatedLogout: {
    enabled: true,
    // The page's two buttons as a field: whoever comes here wants to sign out everywhere.
    logoutSource: (context: { body: string }, form: string) => {
      context.body = form.replace(
        '</form>',
        '<input type="hidden" name="logout" value="yes"/></form>',
      );
    },
  },
};

/** What the server knows of an API. */
export function resourceServerInfo(resource: string): object {
  if (resource === UNKNOWN_API) throw new InvalidTarget();
  const algorithm = ALGORITHMS.find((name) => resource === apiFor(name)) ?? 'ES256';
  return {
    scope: 'read:users write:users',
    audience: resource,
    accessTokenTTL: 60,
    accessTokenFormat: 'jwt',
    jwt: { sign: { alg: algorithm } },
  };
}

/** What the server answers by itself where it knows no API: it looks at these members. */
class InvalidTarget extends Error {
  readonly expose = true;
  readonly statusCode = 400;

  constructor() {
    super('invalid_target');
  }
}
