import { andThen, isThenable, type MaybePromise } from '../lib/maybe-promise.ts';
import { isAuthError } from '../model/errors.ts';
import type { VerificationKey } from '../signature/verification-key.ts';
import type { KeyQuery, KeySet } from './key-set.ts';

/** What the header of a JWT asks for, and how far the key is looked for. */
export interface SigningKeyQuery extends Omit<KeyQuery, 'failed'> {
  /**
   * Whether a signature that does not hold may be by a new key under the same kid, so that the keys are fetched to
   * find it. Default `false`: without a kid alone.
   */
  readonly kidsRecur?: boolean;
}

/**
 * The key of a set that a signature was made with; `undefined` when the signature holds by none. Rejects
 * as the key set does: `key_unknown`, `keys_unavailable`. What `holds` throws passes on.
 */
export function findSigningKey(
  keySet: Pick<KeySet, 'find'>,
  { algorithm, kid, kidsRecur = false }: SigningKeyQuery,
  holds: (key: VerificationKey) => MaybePromise<boolean>,
): MaybePromise<VerificationKey | undefined> {
  // A token without kid gives no sign that its issuer replaced the key: its signature is the sign.
  function replacement(failed: VerificationKey): MaybePromise<VerificationKey | undefined> {
    if (kid !== undefined && !kidsRecur) return undefined;
    return andThen(withoutUnknown(keySet.find({ algorithm, kid, failed })), (key) => {
      if (key === undefined) return undefined;
      // One more try and no further: each may have cost a fetch.
      return andThen(holds(key), (valid) => (valid ? key : undefined));
    });
  }

  return andThen(keySet.find({ algorithm, kid }), (key) =>
    andThen(holds(key), (valid) => (valid ? key : replacement(key))),
  );
}

/** The signature was checked and does not hold, so `key_unknown` would name the wrong fault. */
function withoutUnknown(
  found: MaybePromise<VerificationKey>,
): MaybePromise<VerificationKey | undefined> {
  if (!isThenable(found)) return found;
  return found.then(undefined, (error: unknown) => {
    if (isAuthError(error) && error.reason === 'key_unknown') return undefined;
    throw error;
  });
}
