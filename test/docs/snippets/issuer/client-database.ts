// #region store
import { type Client, type ClientStore, generateClientSecret } from '@authly/issuer';

interface Database {
  query(text: string, values: readonly unknown[]): Promise<{ rows: ClientRow[] }>;
}

interface ClientRow {
  client_id: string;
  secret_hashes: string[];
  scopes: string[];
  audiences: string[];
}

function databaseClients(database: Database): ClientStore {
  return {
    async find(clientId): Promise<Client | undefined> {
      const { rows } = await database.query(
        'select client_id, secret_hashes, scopes, audiences from clients where client_id = $1',
        [clientId],
      );
      const [row] = rows;
      if (row === undefined) return undefined;
      const { client_id, secret_hashes, scopes, audiences } = row;
      return { clientId: client_id, secretHashes: secret_hashes, scopes, audiences };
    },
  };
}
// #endregion

// #region change
/** Adds a secret. The newest one before it stays valid until `endOldSecret`. */
async function newSecret(database: Database, clientId: string): Promise<string> {
  const { secret, hash } = generateClientSecret();
  await database.query(
    'update clients set secret_hashes = array[$2, secret_hashes[1]] where client_id = $1',
    [clientId, hash],
  );
  return secret;
}

/** Keeps the newest secret alone: once the client uses it. */
async function endOldSecret(database: Database, clientId: string): Promise<void> {
  await database.query(
    'update clients set secret_hashes = secret_hashes[1:1] where client_id = $1',
    [clientId],
  );
}

// #endregion

export { type ClientRow, type Database, databaseClients, endOldSecret, newSecret };
