import {
  type AuthProvider,
  Client,
  ClientCredentialsProvider,
  type OAuthClientProvider,
  StreamableHTTPClientTransport,
} from '@modelcontextprotocol/client';

/** What a machine knows: its own credentials, and the issuer that may see them. */
export interface MachineCredentials {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly issuer: string;
}

/** Where its tokens come from: the SDK asks the server, the metadata and the issuer for the rest. */
export function machine({
  clientId,
  clientSecret,
  issuer,
}: MachineCredentials): OAuthClientProvider {
  return new ClientCredentialsProvider({ clientId, clientSecret, expectedIssuer: issuer });
}

/** A token that is there already, such as that of a user who has signed in. */
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
