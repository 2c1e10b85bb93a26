import {
  type AuthProvider,
  Client,
  ClientCredentialsProvider,
  type OAuthClientProvider,
  StreamableHTTPClientTransport,
} from '@modelcontextprotocol/client';

/** The configuration of a machine: its credentials, and the issuer to which they may be sent. */
export interface MachineCredentials {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly issuer: string;
}

/**
 * Gives the SDK the client's credentials. The SDK gets the rest from the server, its metadata and
 * the issuer.
 */
export function machine({
  clientId,
  clientSecret,
  issuer,
}: MachineCredentials): OAuthClientProvider {
  return new ClientCredentialsProvider({ clientId, clientSecret, expectedIssuer: issuer });
}

/** Gives the SDK an existing token, such as that of a user who has signed in. */
export function withToken(token: string): AuthProvider {
  return { token: async () => token };
}

/** Connects to an MCP server, of the current revision of the protocol or of an earlier one. */
export async function connect(
  url: string,
  authProvider: AuthProvider | OAuthClientProvider,
): Promise<Client> {
  const client = new Client(
    { name: 'notes-client', version: '1.0.0' },
    { versionNegotiation: { mode: 'auto' } },
  );
  await client.connect(new StreamableHTTPClientTransport(new URL(url), { authProvider }));
  return client;
}
