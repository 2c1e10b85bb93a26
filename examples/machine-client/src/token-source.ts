import {
  allowInsecureRequests,
  ClientSecretBasic,
  type Configuration,
  clientCredentialsGrant,
  discovery,
} from 'openid-client';

/** Who this service is, and which API it calls. */
export interface TokenSourceOptions {
  /** The authorization server's issuer identifier. */
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** The API, as the authorization server knows it (RFC 8707). */
  readonly resource: string;
  /** Scopes to ask for, separated by spaces. Default: all that the client may have. */
  readonly scope?: string;
  /** The time in milliseconds. Default: `Date.now`. */
  readonly now?: () => number;
}

/** Where this service's access token comes from. */
export interface TokenSource {
  /** A token that is good for a while yet; fetched when there is none. */
  get(): Promise<string>;
  /** Forgets a token that the API did not accept, so that the next `get` fetches another. */
  forget(token: string): void;
}

/** A token is renewed so long before it expires: it must still be good when it arrives. */
const RENEW_BEFORE_EXPIRY_MS = 30_000;
/** What is assumed when the server does not say how long a token lives (RFC 6749 §5.1). */
const DEFAULT_LIFETIME_SEC = 300;
const TIMEOUT_SEC = 5;

/**
 * Gets tokens by client credentials (RFC 6749 §4.4). One token serves all calls until shortly before
 * it expires, and callers that need one at the same time share one request.
 */
export function createTokenSource(options: TokenSourceOptions): TokenSource {
  const { now = Date.now } = options;
  let server: Configuration | undefined;
  let current: { readonly token: string; readonly renewAt: number } | undefined;
  let flight: Promise<string> | undefined;

  async function fetchToken(): Promise<string> {
    server ??= await discover(options);
    const { resource, scope } = options;
    const response = await clientCredentialsGrant(server, {
      resource,
      ...(scope !== undefined && { scope }),
    });
    const { access_token: token, expires_in: lifetimeSec = DEFAULT_LIFETIME_SEC } = response;
    // A very short life is halved: otherwise every call would fetch.
    const lifetimeMs = lifetimeSec * 1000;
    const usableMs = Math.max(lifetimeMs - RENEW_BEFORE_EXPIRY_MS, lifetimeMs / 2);
    current = { token, renewAt: now() + usableMs };
    return token;
  }

  return {
    async get() {
      if (current !== undefined && now() < current.renewAt) return current.token;
      flight ??= fetchToken().finally(() => {
        flight = undefined;
      });
      return flight;
    },
    forget(token) {
      if (current?.token === token) current = undefined;
    },
  };
}

function discover({ issuer, clientId, clientSecret }: TokenSourceOptions): Promise<Configuration> {
  const url = new URL(issuer);
  return discovery(url, clientId, undefined, ClientSecretBasic(clientSecret), {
    algorithm: 'oauth2',
    timeout: TIMEOUT_SEC,
    execute: isLoopback(url) ? [allowInsecureRequests] : [],
  });
}

// For trying things out: on loopback there is nobody to listen in, and seldom a certificate.
function isLoopback({ hostname }: URL): boolean {
  return hostname === 'localhost' || hostname === '127.0.0.1' || hostname === '[::1]';
}
