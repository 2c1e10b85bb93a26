import {
  createIssuer,
  generateClientSecret,
  generateSigningKey,
  type Issuer,
  memoryClientStore,
} from '@authly/issuer';
import type { MachineCredentials } from './client.ts';

/** An authorization server and the secrets that it has handed out. */
export interface AuthorizationServer {
  readonly issuer: Issuer;
  /** May read, and no more. */
  readonly reader: MachineCredentials;
  /** May read and write. */
  readonly writer: MachineCredentials;
}

/** The authorization server of the example: two machines that may call the MCP server at `url`. */
export async function createAuthorizationServer(
  issuer: string,
  url: string,
): Promise<AuthorizationServer> {
  const [reader, writer] = [generateClientSecret(), generateClientSecret()];
  return {
    issuer: createIssuer({
      issuer,
      keys: [await generateSigningKey('ES256')],
      clients: memoryClientStore([
        {
          clientId: 'reader',
          secretHashes: [reader.hash],
          scopes: ['notes:read'],
          audiences: [url],
        },
        {
          clientId: 'writer',
          secretHashes: [writer.hash],
          scopes: ['notes:read', 'notes:write'],
          audiences: [url],
        },
      ]),
    }),
    reader: { clientId: 'reader', clientSecret: reader.secret, issuer },
    writer: { clientId: 'writer', clientSecret: writer.secret, issuer },
  };
}
