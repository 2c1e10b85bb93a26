/**
 * Where the processes of one API share answers about opaque tokens, so that a token is asked about once
 * and not once in each process. What it holds is sealed: it shows neither tokens nor claims, and whoever
 * can write to it cannot make up an answer.
 *
 * Optional in every respect: an entry that is lost, late (250 ms) or not ours counts as absent, and a
 * store that is down costs requests to the authorization server, not answers.
 */
export interface IntrospectionStore {
  /** The bytes of the last `set` under this id, or `undefined`. Ids are 43 characters of base64url. */
  get(id: string): PromiseLike<Uint8Array | undefined | null>;
  /** Keeps bytes (at most some 260 KB) for `ttlMs` milliseconds and no longer. */
  set(id: string, bytes: Uint8Array, ttlMs: number): PromiseLike<unknown>;
}
