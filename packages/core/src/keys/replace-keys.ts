/** The current keys: as a list to choose from, and as a set to check quickly whether a key is still published. */
import type { VerificationKey } from '../signature/verification-key.ts';
export interface HeldKeys {
  readonly keys: readonly VerificationKey[];
  readonly live: ReadonlySet<VerificationKey>;
}

/** The result of replacing the keys. */
export interface Replacement {
  readonly held: HeldKeys;
  /** How many of the earlier keys are no longer there. */
  readonly withdrawn: number;
}

/** The keys before the first fetch: none. */
export const NO_HELD_KEYS: HeldKeys = { keys: [], live: new Set() };

/**
 * Replaces the current keys by the ones that arrived. An unchanged key stays the same object, so that cached tokens
 * which were verified with it stay valid. A key that is missing or has changed counts as withdrawn.
 */
export function replaceKeys(before: HeldKeys, arrived: readonly VerificationKey[]): Replacement {
  const keys = Object.freeze(
    arrived.map((key) => before.keys.find((old) => isUnchanged(old, key)) ?? key),
  );
  const live = new Set(keys);
  const withdrawn = before.keys.filter((key) => !live.has(key)).length;
  return { held: { keys, live }, withdrawn };
}

function isUnchanged(a: VerificationKey, b: VerificationKey): boolean {
  return (
    a.kid === b.kid &&
    a.material === b.material &&
    a.issuer === b.issuer &&
    a.algorithms.join() === b.algorithms.join()
  );
}
