import { randomBytes } from 'node:crypto';
import { generateTestKey } from '@authly/testing';

/**
 * The algorithms with which the server signs access tokens. There is one API for each algorithm.
 */
export const ALGORITHMS = ['ES256', 'RS256', 'PS256', 'EdDSA'] as const;

export const API = 'https://api.example.com';
export const OTHER_API = 'https://billing.example.com';
/** An API that the server does not know. It answers `invalid_target` (RFC 8707 §2). */
export const UNKNOWN_API = 'https://unknown.example.com';

/** An API whose tokens are signed with one algorithm. */
export function apiFor(algorithm: string): string {
  return `${API}/${algorithm}`;
}

/** The client that calls APIs as itself: a machine. */
export const MACHINE = { id: 'nightly-sync', secret: 'a-secret-of-the-nightly-sync-job' } as const;

/** The client through which users call APIs. */
export const WEB_APP = {
  id: 'web-app',
  secret: 'a-secret-of-the-web-application',
  redirectUri: 'https://app.example.com/callback',
  goodbyeUri: 'https://app.example.com/goodbye',
} as const;

/**
 * `oidc-provider` with JWT access tokens (RFC 9068), resource indicators (RFC 8707) and two clients.
 * With `pages` it shows its own pages to sign in and to consent. If a client sends a DPoP proof,
 * its token is bound. With `nonces`, the proof must have a nonce of the server. With `logout`, the
 * server tells the back end of the web application when a user signs out.
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
    // Every name that is typed in has an account.
    findAccount: (_context: unknown, accountId: string) => ({
      accountId,
      claims: () => ({ sub: accountId }),
    }),
    cookies: { keys: ['a key for the cookies of a test'] },
    // Adds the kind. The server sets `sub`, `client_id`, `iss` and `aud` itself, whatever stands
    // here.
    extraTokenClaims: async (context: Context, token: Token) => ({
      sub_type: token.kind === 'ClientCredentials' ? 'client' : 'user',
      ...(logout?.sid && { sid: await sessionIdOf(context, token) }),
    }),
    // Not with the server's own dispatcher, which refuses loopback addresses.
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

/** How the server tells the web application that a user has signed out. */
export interface LogoutConfiguration {
  /** The URL to which the server posts logout tokens. */
  readonly uri: string;
  /** Whether logout tokens and access tokens name the session. */
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

/**
 * The session's id in ID tokens and logout tokens. Each client gets a different id for the same
 * session.
 */
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
    // A field instead of the two buttons of the page: every visitor of this page signs out
    // everywhere.
    logoutSource: (context: { body: string }, form: string) => {
      context.body = form.replace(
        '</form>',
        '<input type="hidden" name="logout" value="yes"/></form>',
      );
    },
  },
};

/** The settings of one API at the server. */
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

/**
 * The error for an API that the server does not know. The server writes its answer from these
 * members.
 */
class InvalidTarget extends Error {
  readonly expose = true;
  readonly statusCode = 400;

  constructor() {
    super('invalid_target');
  }
}
