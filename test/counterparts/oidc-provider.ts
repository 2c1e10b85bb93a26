import { generateTestKey } from '@authly/testing';
import { vi } from 'vitest';
import { listen } from '../support/requests.ts';

/** Algorithms that the server signs access tokens with, each for an API of its own. */
export const ALGORITHMS = ['ES256', 'RS256', 'PS256', 'EdDSA'] as const;

export const API = 'https://api.example.com';
export const OTHER_API = 'https://billing.example.com';

/** An API whose tokens are signed with one algorithm. */
export function apiFor(algorithm: string): string {
  return `${API}/${algorithm}`;
}

/** A real authorization server on loopback, and ways to get tokens from it. */
export interface AuthorizationServer {
  readonly issuer: string;
  /** By the client credentials grant, for one API or none. */
  clientToken(parameters: { readonly resource?: string; readonly scope?: string }): Promise<string>;
  /** A user's token as the server makes it at the end of a login. */
  userToken(parameters: { readonly resource: string; readonly scope: string }): Promise<string>;
  close(): void;
}

const CLIENT_ID = 'nightly-sync';
const CLIENT_SECRET = 'a-secret-of-the-nightly-sync-job';
const SCOPES = 'read:users write:users';

/** Starts `oidc-provider` with JWT access tokens (RFC 9068) and resource indicators (RFC 8707). */
export async function startAuthorizationServer(): Promise<AuthorizationServer> {
  const server = await listen();
  const issuer = server.origin;
  const { default: Provider } = await importQuietly();
  const provider = withoutWarnings(() => new Provider(issuer, configuration()));
  server.serve(provider.callback());

  return {
    issuer,
    async clientToken({ resource, scope = SCOPES }) {
      const response = await fetch(`${issuer}/token`, {
        method: 'POST',
        headers: { authorization: `Basic ${btoa(`${CLIENT_ID}:${CLIENT_SECRET}`)}` },
        body: new URLSearchParams({
          grant_type: 'client_credentials',
          scope,
          ...(resource !== undefined && { resource }),
        }),
      });
      const body: unknown = await response.json();
      if (typeof body !== 'object' || body === null || !('access_token' in body)) {
        throw new Error(`No token: ${JSON.stringify(body)}`);
      }
      return String(body.access_token);
    },
    async userToken({ resource, scope }) {
      const client = await provider.Client.find('web-app');
      const token = new provider.AccessToken({
        accountId: 'ada',
        client,
        gty: 'authorization_code',
        grantId: 'grant-1',
      });
      token.resourceServer = new provider.ResourceServer(resource, resourceServerInfo(resource));
      token.scope = scope;
      return token.save();
    },
    close: server.close,
  };
}

function configuration(): object {
  return {
    clients: [
      {
        client_id: CLIENT_ID,
        client_secret: CLIENT_SECRET,
        grant_types: ['client_credentials'],
        redirect_uris: [],
        response_types: [],
      },
      {
        client_id: 'web-app',
        client_secret: 'a-secret-of-the-web-application',
        grant_types: ['authorization_code'],
        redirect_uris: ['https://app.example.com/callback'],
        response_types: ['code'],
      },
    ],
    jwks: { keys: ALGORITHMS.map((name) => generateTestKey(name, `op-${name}`).privateJwk) },
    ttl: { ClientCredentials: 60, AccessToken: 60 },
    cookies: { keys: ['a key for cookies that nobody sets'] },
    // Says the kind; the server writes `sub`, `client_id`, `iss` and `aud` over it.
    extraTokenClaims: (_context: unknown, token: { readonly kind: string }) => ({
      sub_type: token.kind === 'ClientCredentials' ? 'client' : 'user',
    }),
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: (_context: unknown, resource: string) =>
          resourceServerInfo(resource),
      },
    },
  };
}

function resourceServerInfo(resource: string): object {
  const algorithm = ALGORITHMS.find((name) => resource === apiFor(name)) ?? 'ES256';
  return {
    scope: SCOPES,
    audience: resource,
    accessTokenTTL: 60,
    accessTokenFormat: 'jwt',
    jwt: { sign: { alg: algorithm } },
  };
}

// It warns about Node 20, which it runs on, and about keeping its data in memory.
async function importQuietly(): Promise<typeof import('oidc-provider')> {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
  try {
    return await import('oidc-provider');
  } finally {
    warn.mockRestore();
  }
}

function withoutWarnings<Result>(run: () => Result): Result {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
  try {
    return run();
  } finally {
    warn.mockRestore();
  }
}
