import type { VerificationKey } from '../signature/verification-key.ts';
import type { KeySnapshot } from '../stores/key-snapshot-store.ts';
import type { Algorithm } from '../token/algorithms.ts';
import { prepareKey, type UnverifiedJwk } from './prepare-key.ts';

/** How far the time of a snapshot may be ahead of our clock: the clocks of machines that share a store differ. */
const FUTURE_TOLERANCE_MS = 60_000;

/** Makes a snapshot of `keys`. It contains only what verification needs, not the other members of the JWKs. */
export function snapshotOf(
  issuer: string,
  keys: readonly VerificationKey[],
  fetchedAtMs: number,
): KeySnapshot {
  return { version: 1, issuer, fetchedAtMs, keys: keys.flatMap(jwksOf) };
}

/**
 * Reads what a store gave for `issuer`. `undefined` when it is not a snapshot, belongs to another issuer, or has a time
 * in the future. Does not check the keys, nor the age of the snapshot.
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
  // A JWK can name only one `alg`. A key that is restricted to several algorithms becomes one JWK for each.
  return isUnbound(jwk, algorithms) ? [jwk] : algorithms.map((alg) => ({ ...jwk, alg }));
}

function isUnbound(jwk: UnverifiedJwk, algorithms: readonly Algorithm[]): boolean {
  if (algorithms.length === 1) return false;
  const unbound = prepareKey(jwk);
  return typeof unbound !== 'string' && unbound.algorithms.length === algorithms.length;
}
