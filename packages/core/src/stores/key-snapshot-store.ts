/** The last good key set of an issuer, as plain JSON. It contains only public keys. */
export interface KeySnapshot {
  /** Version of this format. */
  readonly version: 1;
  /** The configured issuer that the keys belong to. */
  readonly issuer: string;
  /** When the keys were fetched, in milliseconds since the Unix epoch. */
  readonly fetchedAtMs: number;
  /** Public JWKs (RFC 7517 §4). */
  readonly keys: readonly object[];
}

/**
 * Keeps the last good key sets outside of the process. A process that starts while the identity provider is down can then
 * verify tokens, as long as the keys are not older than `staleForSec` allows.
 *
 * The keys that `load` gives are checked like fetched ones, and the snapshot must name its issuer. But a snapshot is not
 * signed: **whoever can write to the store decides which tokens are accepted.** If the store fails or does not answer,
 * requests continue as if there were no store (event `keys.snapshot`, outcome `failed`).
 */
export interface KeySnapshotStore {
  /** Gives the snapshot that was saved for `issuer`; `undefined` when there is none. */
  load(issuer: string): Promise<unknown>;
  /** Replaces the snapshot of `issuer`. It is called after each successful refresh; no request waits for it. */
  save(issuer: string, snapshot: KeySnapshot): Promise<void>;
}
