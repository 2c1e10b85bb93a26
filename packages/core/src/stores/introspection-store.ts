/**
 * Where the processes of one API share answers about opaque tokens, so that a token is asked about once
 * and not once in each process. Its entries are encrypted and authenticated: they show neither tokens nor claims, and whoever
 * can write to the store cannot forge an answer.
 *
 * The store is only a help: an entry that is lost, late (250 ms) or forged counts as absent. When the store is
 * down, the authorization server is asked more often, and no request fails because of it.
 */
export interface IntrospectionStore {
  /** The bytes of the last `set` under this id, or `undefined`. Ids are 43 characters of base64url. */
  get(id: string): PromiseLike<Uint8Array | undefined | null>;
  /** Keeps bytes (at most some 260 KB) for `ttlMs` milliseconds and no longer. */
  set(id: string, bytes: Uint8Array, ttlMs: number): PromiseLike<unknown>;
}
