import { vi } from 'vitest';
import { listen } from '../support/requests.ts';
import {
  MACHINE,
  oidcProviderConfiguration,
  resourceServerInfo,
  WEB_APP,
} from './oidc-provider-configuration.ts';

/** A real authorization server on loopback, and ways to get tokens from it. */
export interface AuthorizationServer {
  readonly issuer: string;
  /** Gets a token by the client credentials grant, for one API or none. */
  clientToken(parameters: { readonly resource?: string; readonly scope?: string }): Promise<string>;
  /** Makes a user's token as the server does at the end of a login. */
  userToken(parameters: { readonly resource: string; readonly scope: string }): Promise<string>;
  close(): void;
}

/**
 * Starts `oidc-provider` with JWT access tokens (RFC 9068) and resource indicators (RFC 8707). With
 * `nonces` its DPoP proofs need nonces.
 */
export async function startAuthorizationServer({
  nonces = false,
} = {}): Promise<AuthorizationServer> {
  const server = await listen();
  const issuer = server.origin;
  const provider = await createProvider(issuer, oidcProviderConfiguration({ nonces }));
  server.serve(provider.callback());

  return {
    issuer,
    clientToken: (parameters) => clientToken(issuer, parameters),
    async userToken({ resource, scope }) {
      const client = await provider.Client.find(WEB_APP.id);
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

/** Gets an access token by the client credentials grant. */
export async function clientToken(
  issuer: string,
  { resource, scope = 'read:users write:users' }: Parameters<AuthorizationServer['clientToken']>[0],
): Promise<string> {
  const response = await fetch(`${issuer}/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa(`${MACHINE.id}:${MACHINE.secret}`)}` },
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
}

type Provider = InstanceType<typeof import('oidc-provider')['default']>;

/** Makes an `oidc-provider`, and hides its warnings. */
export async function createProvider(issuer: string, configuration: object): Promise<Provider> {
  const { default: Provider } = await importQuietly();
  return withoutWarnings(() => new Provider(issuer, configuration));
}

// It warns about Node 20, although it works there, and about keeping its data in memory.
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
