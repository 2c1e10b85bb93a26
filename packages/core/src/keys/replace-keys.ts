/** The keys at hand: as a list, to choose from in order; as a set, to ask whether a key is still published. */
import type { VerificationKey } from '../signature/verification-key.ts';
export interface HeldKeys {
  readonly keys: readonly VerificationKey[];
  readonly live: ReadonlySet<VerificationKey>;
}

/** A key set that replaced the former one completely. */
export interface Replacement {
  readonly held: HeldKeys;
  /** How many of the former keys are gone. */
  readonly withdrawn: number;
}

/** Before any set arrived. */
export const NO_HELD_KEYS: HeldKeys = { keys: [], live: new Set() };

/**
 * Replaces the keys at hand by those that arrived. An unchanged key stays the object that it was, so
 * that tokens verified with it stay verified; a key that is missing or changed is withdrawn.
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
