import { ConfigurationError, checkOptions, type OptionNames } from '@authly/core';
import type { CustomClaims } from './claims-input.ts';
import { customClaims } from './custom-claims.ts';
import { isIssuanceError } from './issuance-error.ts';
import { isLifetime } from './lifetime.ts';
import { parseResource } from './resource.ts';
import { isScope } from './scope.ts';
import { parseSecretHash } from './secret-hash.ts';
import { isClientId } from './subject.ts';

/** How a client proves who it is at the token endpoint (RFC 6749 §2.3.1). */
export type ClientAuthenticationMethod = 'client_secret_basic' | 'client_secret_post';

const METHODS: readonly unknown[] = [
  undefined,
  'client_secret_basic',
  'client_secret_post',
] satisfies (ClientAuthenticationMethod | undefined)[];

/** How many hashes of a client are used: the new secret and the old one, during a change. */
export const MAX_SECRETS = 2;

/** A machine that may get tokens in its own name. */
export interface Client {
  /** 1 to 255 printable ASCII characters without `|`. Never given to another client later. */
  readonly clientId: string;
  /** For people: lists and consoles. It goes into no token. */
  readonly name?: string;
  /**
   * One or two hashes of `generateClientSecret` or `hashClientSecret`: two while a secret is being
   * changed. Further ones are ignored.
   */
  readonly secretHashes: readonly string[];
  /**
   * The one method that the client may use (RFC 7591 §2). Default: either, as the metadata offers both
   * and clients choose differently.
   */
  readonly authenticationMethod?: ClientAuthenticationMethod;
  /** Scopes that the client may have, and gets when it asks for none. */
  readonly scopes: readonly string[];
  /**
   * APIs that the client may get tokens for: values of `aud`. With one, it is the default; with
   * several, the client names which by `resource`, so each must be an absolute URI without
   * fragment.
   */
  readonly audiences: readonly string[];
  /**
   * The one of several `audiences` that the client's tokens are for when it names none: some clients
   * never send `resource`. Default: none, and such a request is refused (`invalid_target`).
   */
  readonly defaultAudience?: string;
  /** Custom claims of the client's tokens. */
  readonly claims?: CustomClaims;
  /** How long the client's tokens live, in seconds, 1 to 86400. Default: the issuer's. */
  readonly accessTokenLifetimeSec?: number;
}

/**
 * Where clients are kept. Ids are compared exactly, so a store that ignores case must not be used
 * to look them up. When `find` throws, the token endpoint answers 503 with Retry-After. The error itself is not
 * passed on, so log it in the store.
 */
export interface ClientStore {
  /** The client with exactly this id. The id comes from an unauthenticated request: it may be any text. */
  find(clientId: string): Client | undefined | Promise<Client | undefined>;
  /**
   * Whether some secrets were not made by `generateClientSecret` and are hashed with scrypt. Then
   * an attempt for an unknown client costs as much work as for a known one. Default false.
   */
  readonly chosenSecrets?: boolean;
}

/**
 * A fixed set of clients in memory: for configuration files and tests. It copies what it is given.
 *
 * Checks every client's members and that no id occurs twice.
 *
 * @throws ConfigurationError naming the client.
 */
export function memoryClientStore(clients: readonly Client[]): ClientStore {
  const byId = new Map<string, Client>();
  for (const client of clients) {
    checkClient(client);
    if (byId.has(client.clientId)) {
      throw new ConfigurationError(`The client '${client.clientId}' is configured twice`);
    }
    byId.set(client.clientId, structuredClone(client));
  }
  const hashes = [...byId.values()].flatMap(({ secretHashes }) => secretHashes);
  return Object.freeze({
    find: (clientId: string) => byId.get(clientId),
    chosenSecrets: hashes.some((hash) => parseSecretHash(hash)?.scheme === 'scrypt'),
  });
}

const MEMBERS: OptionNames<Client> = {
  clientId: true,
  name: true,
  secretHashes: true,
  authenticationMethod: true,
  scopes: true,
  audiences: true,
  defaultAudience: true,
  claims: true,
  accessTokenLifetimeSec: true,
};

function checkClient(client: Client): void {
  const { clientId, secretHashes, scopes, audiences, defaultAudience } = client;
  const { claims = {}, accessTokenLifetimeSec } = client;
  if (!isClientId(clientId)) {
    throw new ConfigurationError(
      'A `clientId` must have 1 to 255 printable ASCII characters and no "|"',
    );
  }
  checkOptions(`The client '${clientId}'`, client, MEMBERS);
  const wrong = (what: string): ConfigurationError =>
    new ConfigurationError(`The client '${clientId}' ${what}`);
  if (secretHashes.length < 1 || secretHashes.length > MAX_SECRETS) {
    throw wrong(`needs one or two \`secretHashes\``);
  }
  if (secretHashes.some((hash) => parseSecretHash(hash) === undefined)) {
    throw wrong('has a `secretHashes` entry that is not a hash: use generateClientSecret().hash');
  }
  if (!METHODS.includes(client.authenticationMethod)) {
    throw wrong("needs an `authenticationMethod` of 'client_secret_basic' or 'client_secret_post'");
  }
  if (!scopes.every(isScope))
    throw wrong('has a malformed scope: each entry must be one scope, without spaces');
  if (audiences.length === 0) throw wrong('needs one of `audiences`: the API that it calls');
  if (audiences.length > 1 && audiences.some((audience) => parseResource(audience) === undefined)) {
    throw wrong('has several `audiences`; each must be an absolute URI without fragment');
  }
  if (defaultAudience !== undefined && !audiences.includes(defaultAudience)) {
    throw wrong('needs a `defaultAudience` that is one of its `audiences`');
  }
  if (accessTokenLifetimeSec !== undefined && !isLifetime(accessTokenLifetimeSec)) {
    throw wrong('needs an `accessTokenLifetimeSec` of 1 to 86400 whole seconds');
  }
  try {
    customClaims(Object.entries(claims));
  } catch (error) {
    throw isIssuanceError(error) ? wrong(`has unfit \`claims\`. ${error.message}`) : error;
  }
}
