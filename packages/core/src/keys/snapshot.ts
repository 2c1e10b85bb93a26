import type { VerificationKey } from '../signature/verification-key.ts';
import type { KeySnapshot } from '../stores/key-snapshot-store.ts';
import type { Algorithm } from '../token/algorithms.ts';
import { prepareKey, type UnverifiedJwk } from './prepare-key.ts';

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
