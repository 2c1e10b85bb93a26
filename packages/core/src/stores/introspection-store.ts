/**
 * Where the processes of one API share answers about opaque tokens, so that not each process has to ask about the same
 * token. Its entries are encrypted and authenticated: they show neither tokens nor claims, and somebody who can write to
 * the store cannot make up an answer.
 *
 * The store only saves requests: an entry that is lost, forged or does not arrive within 250 ms counts as not there.
 * While the store is down, the authorization server is asked more often, and no request fails because of it.
 */
export interface IntrospectionStore {
  /** Gives the bytes of the last `set` with this id, or `undefined`. An id is 43 characters of base64url. */
  get(id: string): PromiseLike<Uint8Array | undefined | null>;
  /** Keeps bytes (at most about 260 KB) for `ttlMs` milliseconds, and not longer. */
  set(id: string, bytes: Uint8Array, ttlMs: number): PromiseLike<unknown>;
}
