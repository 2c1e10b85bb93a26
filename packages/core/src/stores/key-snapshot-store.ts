/** The last good key set of an issuer, as plain JSON: public keys only. */
export interface KeySnapshot {
  readonly version: 1;
  /** The configured issuer that the keys belong to. */
  readonly issuer: string;
  /** When the provider gave them: milliseconds since the Unix epoch. */
  readonly fetchedAtMs: number;
  /** Public JWKs (RFC 7517 §4). */
  readonly keys: readonly object[];
}

/**
 * Keeps the last good key sets beyond the process, so that one that starts while the identity
 * provider is down can serve, within `staleForSec`.
 *
 * What `load` gives is checked like a fetched set and must name the issuer it is loaded for, but it
 * is not signed: whoever can write to the store decides which tokens are accepted. When the store
 * fails or hangs, requests go on as if there were none (event `keys.snapshot`, outcome `failed`).
 */
export interface KeySnapshotStore {
  /** The snapshot saved for `issuer`; `undefined` when there is none. */
  load(issuer: string): Promise<unknown>;
  /** Replaces the snapshot of `issuer`. Called after each successful refresh; nothing waits for it. */
  save(issuer: string, snapshot: KeySnapshot): Promise<void>;
}
