import {
  type Algorithm,
  prepareKey,
  type UnverifiedJwk,
  type VerificationKey,
} from '../token/signature.ts';

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

/** How far a snapshot's time may lie ahead of ours: clocks of machines that share a store differ. */
const FUTURE_TOLERANCE_MS = 60_000;

/** A snapshot of `keys`. Holds what verification needs and nothing else, whatever the set held. */
export function snapshotOf(
  issuer: string,
  keys: readonly VerificationKey[],
  fetchedAtMs: number,
): KeySnapshot {
  return { version: 1, issuer, fetchedAtMs, keys: keys.flatMap(jwksOf) };
}

/**
 * Reads what a store gave for `issuer`; `undefined` when it is not a snapshot, is of another issuer
 * or comes from the future. Does not look at the keys themselves, nor at the snapshot's age.
 */
export function readSnapshot(
  issuer: string,
  stored: unknown,
  now: number,
): KeySnapshot | undefined {
  if (typeof stored !== 'object' || stored === null) return undefined;
  const { version, issuer: owner, fetchedAtMs, keys } = stored as Partial<KeySnapshot>;
  if (version !== 1 || owner !== issuer || !Array.isArray(keys)) return undefined;
  if (typeof fetchedAtMs !== 'number' || !Number.isFinite(fetchedAtMs)) return undefined;
  if (fetchedAtMs > now + FUTURE_TOLERANCE_MS) return undefined;
  return { version, issuer, fetchedAtMs, keys };
}

function jwksOf(key: VerificationKey): readonly UnverifiedJwk[] {
  const { kid, issuer, algorithms, keyObject } = key;
  const jwk = {
    ...keyObject.export({ format: 'jwk' }),
    ...(kid !== undefined && { kid }),
    ...(issuer !== undefined && { issuer }),
  };
  // A key that the provider bound to some algorithms stays bound to them: a JWK names one at most.
  return isUnbound(jwk, algorithms) ? [jwk] : algorithms.map((alg) => ({ ...jwk, alg }));
}

function isUnbound(jwk: UnverifiedJwk, algorithms: readonly Algorithm[]): boolean {
  if (algorithms.length === 1) return false;
  const unbound = prepareKey(jwk);
  return typeof unbound !== 'string' && unbound.algorithms.length === algorithms.length;
}
