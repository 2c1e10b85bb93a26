import { schemeFor } from './client-secret.ts';
import {
  type Client,
  type ClientAuthenticationMethod,
  type ClientStore,
  MAX_SECRETS,
} from './client-store.ts';
import { decoyHash, matchesHash, parseSecretHash, type SecretHash } from './secret-hash.ts';
import { isClientId } from './subject.ts';
import { TokenRequestError } from './token-request-error.ts';
import { createWorkLimit } from './work-limit.ts';

/** What a client presented to prove who it is. */
export interface ClientCredentials {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly method: ClientAuthenticationMethod;
}

/** Finds the client that the credentials prove, or refuses. */
export type ClientAuthenticator = (credentials: ClientCredentials) => Promise<Client>;

/** Each scrypt takes one of the 4 threads in Node's pool, which files and DNS of the application need, too. */
const CONCURRENT_SCRYPTS = 2;
/** With more in the queue, a client would wait for over ten seconds. It is better to tell it to try again. */
const WAITING_SCRYPTS = 32;

/**
 * Authenticates clients of a store by secret (RFC 6749 §2.3.1).
 *
 * Checks: the id (exactly), the secret against one of the client's hashes in constant time, and
 * that the method is the client's registered one, if it has one. An unknown client, a wrong secret and a wrong
 * method cost the same work and get the same public answer. Does not limit the number of
 * attempts.
 *
 * Slow hashes run off the main thread, two at a time; when more than 32 wait, further ones are
 * refused as `too_busy`.
 */
export function createClientAuthenticator(store: ClientStore): ClientAuthenticator {
  const limit = createWorkLimit({
    concurrent: CONCURRENT_SCRYPTS,
    waiting: WAITING_SCRYPTS,
    refuse: () => new TokenRequestError('too_busy'),
  });
  const decoys = { sha256: decoyHash('sha256'), scrypt: decoyHash('scrypt') } as const;

  async function provesSecret(secret: string, hashes: readonly SecretHash[]): Promise<boolean> {
    const scheme = schemeFor(secret);
    const fitting = hashes.filter((hash) => hash.scheme === scheme);
    // No secret has this form, so the quick answer tells an attacker nothing.
    if (scheme === 'scrypt' && fitting.length === 0 && store.chosenSecrets !== true) return false;
    // The same number of hashes is computed in each case, even after a match.
    const padded = [...fitting, ...Array<SecretHash>(MAX_SECRETS).fill(decoys[scheme])];
    const attempt = async (): Promise<boolean> => {
      let proven = false;
      for (const hash of padded.slice(0, MAX_SECRETS)) {
        if (await matchesHash(secret, hash)) proven = true;
      }
      return proven;
    };
    return scheme === 'scrypt' ? limit(attempt) : attempt();
  }

  return async ({ clientId, clientSecret, method }) => {
    const client = await find(store, clientId);
    const hashes = client === undefined ? [] : parseHashes(client);
    const proven = await provesSecret(clientSecret, hashes);
    if (client === undefined) throw new TokenRequestError('client_unknown');
    if (!proven) throw new TokenRequestError('secret_wrong');
    const { authenticationMethod, audiences, defaultAudience } = client;
    // A store may give null for a member that is not there.
    if (method !== (authenticationMethod ?? method)) {
      throw new TokenRequestError('method_not_registered');
    }
    // A string instead of a list would be read as a list of its characters.
    if (!Array.isArray(client.scopes) || !Array.isArray(audiences)) {
      throw unfit(client, 'needs lists of `scopes` and `audiences`');
    }
    if (typeof defaultAudience === 'string' && !audiences.includes(defaultAudience)) {
      throw unfit(client, 'has a `defaultAudience` that is not one of its `audiences`');
    }
    return client;
  };
}

async function find(store: ClientStore, clientId: string): Promise<Client | undefined> {
  if (!isClientId(clientId)) return undefined;
  try {
    const client = await store.find(clientId);
    // A store that ignores case or trailing space must not turn one client into another.
    return client?.clientId === clientId ? client : undefined;
  } catch (cause) {
    throw new TokenRequestError('clients_unavailable', { cause });
  }
}

function parseHashes(client: Client): readonly SecretHash[] {
  return client.secretHashes.slice(0, MAX_SECRETS).map((stored) => {
    const hash = parseSecretHash(stored);
    if (hash !== undefined) return hash;
    // The entry may be a secret in clear text, so it is not shown anywhere.
    throw unfit(client, 'has an entry in `secretHashes` that is not a hash');
  });
}

/** A mistake in the store, not of the client. */
function unfit({ clientId }: Client, what: string): TokenRequestError {
  return new TokenRequestError('clients_unavailable', {
    cause: new TypeError(`The client '${clientId}' ${what}`),
  });
}
