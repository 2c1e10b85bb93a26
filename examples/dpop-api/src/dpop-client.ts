import {
  allowInsecureRequests,
  ClientSecretBasic,
  type Configuration,
  clientCredentialsGrant,
  type DPoPHandle,
  discovery,
  fetchProtectedResource,
  getDPoPHandle,
  randomDPoPKeyPair,
} from 'openid-client';

/** Who this client is, and which API it calls. */
export interface DpopClientOptions {
  /** The authorization server's issuer identifier. */
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** The API, as the authorization server knows it (RFC 8707). */
  readonly resource: string;
  /** Where the API is. */
  readonly apiUrl: string;
  /** Scopes to ask for, separated by spaces. Default: all that the client may have. */
  readonly scope?: string;
}

/** Calls one API with a token that only this process can use. */
export interface DpopClient {
  /**
   * Sends a request, with a new proof. A nonce that the API asks for is sent with a second attempt; the
   * body is text, so that it can be sent twice.
   *
   * Rejects with `WWWAuthenticateChallengeError` of `openid-client` when the API refuses with a challenge.
   */
  fetch(
    path: string,
    init?: { readonly method?: string; readonly body?: string },
  ): Promise<Response>;
}

/**
 * A token is renewed this long before it expires, because it must still be valid when it arrives.
 */
const RENEW_BEFORE_EXPIRY_SEC = 30;

/**
 * Gets tokens by client credentials, bound to a key pair of this process (RFC 9449 §5). The private key
 * cannot be read, not even by this code, so a token that leaks cannot be used elsewhere.
 */
export async function createDpopClient(options: DpopClientOptions): Promise<DpopClient> {
  const { apiUrl } = options;
  const server = await discover(options);
  const proofs = getDPoPHandle(server, await randomDPoPKeyPair('ES256', { extractable: false }));
  const token = tokenSource(server, proofs, options);

  return {
    async fetch(path, { method = 'GET', body = null } = {}) {
      const url = new URL(path, apiUrl);
      return fetchProtectedResource(server, await token(), url, method, body, new Headers(), {
        DPoP: proofs,
      });
    },
  };
}

function tokenSource(
  server: Configuration,
  proofs: DPoPHandle,
  { resource, scope }: DpopClientOptions,
): () => Promise<string> {
  let current: { readonly token: string; readonly renewAtMs: number } | undefined;
  return async () => {
    if (current !== undefined && Date.now() < current.renewAtMs) return current.token;
    const parameters = { resource, ...(scope !== undefined && { scope }) };
    const answer = await clientCredentialsGrant(server, parameters, { DPoP: proofs });
    const lifetimeSec = answer.expires_in ?? 0;
    const usableSec = Math.max(lifetimeSec - RENEW_BEFORE_EXPIRY_SEC, lifetimeSec / 2);
    current = { token: answer.access_token, renewAtMs: Date.now() + usableSec * 1_000 };
    return current.token;
  };
}

function discover({ issuer, clientId, clientSecret }: DpopClientOptions): Promise<Configuration> {
  const url = new URL(issuer);
  return discovery(url, clientId, undefined, ClientSecretBasic(clientSecret), {
    execute: isLoopback(url) ? [allowInsecureRequests] : [],
  });
}

// For trying things out: loopback traffic cannot be overheard, and there is seldom a certificate.
function isLoopback({ hostname }: URL): boolean {
  return hostname === 'localhost' || hostname === '127.0.0.1' || hostname === '[::1]';
}
