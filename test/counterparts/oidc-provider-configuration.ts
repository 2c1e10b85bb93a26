import { randomBytes } from 'node:crypto';
import { generateTestKey } from '@authly/testing';

/** Algorithms that the server signs access tokens with, each for an API of its own. */
export const ALGORITHMS = ['ES256', 'RS256', 'PS256', 'EdDSA'] as const;

export const API = 'https://api.example.com';
export const OTHER_API = 'https://billing.example.com';

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
} as const;

/**
 * `oidc-provider` with JWT access tokens (RFC 9068), resource indicators (RFC 8707) and two clients.
 * With `pages` it shows its own pages to sign in and to consent. Tokens are bound where a client sends a
 * DPoP proof, which with `nonces` has to carry a nonce of the server.
 */
export function oidcProviderConfiguration({ pages = false, nonces = false } = {}): object {
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
      },
    ],
    jwks: { keys: ALGORITHMS.map((name) => generateTestKey(name, `op-${name}`).privateJwk) },
    ttl: { ClientCredentials: 60, AccessToken: 60 },
    cookies: { keys: ['a key for the cookies of a test'] },
    // Says the kind; the server writes `sub`, `client_id`, `iss` and `aud` over it.
    extraTokenClaims: (_context: unknown, token: { readonly kind: string }) => ({
      sub_type: token.kind === 'ClientCredentials' ? 'client' : 'user',
    }),
    features: {
      devInteractions: { enabled: pages },
      dPoP: { enabled: true, nonceSecret: randomBytes(32), requireNonce: () => nonces },
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: (_context: unknown, resource: string) =>
          resourceServerInfo(resource),
      },
    },
  };
}

/** What the server knows of an API. */
export function resourceServerInfo(resource: string): object {
  const algorithm = ALGORITHMS.find((name) => resource === apiFor(name)) ?? 'ES256';
  return {
    scope: 'read:users write:users',
    audience: resource,
    accessTokenTTL: 60,
    accessTokenFormat: 'jwt',
    jwt: { sign: { alg: algorithm } },
  };
}
