import { andThen, isThenable, type MaybePromise } from '../lib/maybe-promise.ts';
import { isAuthError } from '../model/errors.ts';
import type { VerificationKey } from '../signature/verification-key.ts';
import type { KeyQuery, KeySet } from './key-set.ts';

/** Which key is needed, by the header of a JWT, and whether a wrong signature may mean that it was replaced. */
export type SigningKeyQuery = Omit<KeyQuery, 'failed'>;

/**
 * Finds the key of a set that verifies a signature. `holds` checks the signature with one key. Gives `undefined` when
 * the signature is not valid. Rejects as the key set does: with `key_unknown` or `keys_unavailable`. An error that
 * `holds` throws is not caught here.
 */
export function findSigningKey(
  keySet: Pick<KeySet, 'find'>,
  query: SigningKeyQuery,
  holds: (key: VerificationKey) => MaybePromise<boolean>,
): MaybePromise<VerificationKey | undefined> {
  // A signature that does not verify may mean that the issuer has replaced its key. So the set is asked for another key.
  function replacement(failed: VerificationKey): MaybePromise<VerificationKey | undefined> {
    if (query.kid !== undefined && !query.kidsRecur) return undefined;
    return andThen(withoutUnknown(keySet.find({ ...query, failed })), (key) => {
      if (key === undefined) return undefined;
      // Only one more key is tried, because each may cost a fetch.
      return andThen(holds(key), (valid) => (valid ? key : undefined));
    });
  }

  function held(key: VerificationKey): MaybePromise<VerificationKey | undefined> {
    const valid = holds(key);
    if (valid === true) return key;
    return andThen(valid, (later) => (later ? key : replacement(key)));
  }

  const found = keySet.find(query);
  return isThenable(found) ? found.then(held) : held(found);
}

/** Turns `key_unknown` into `undefined`: a signature was checked and is not valid, and that must be the reason. */
function withoutUnknown(
  found: MaybePromise<VerificationKey>,
): MaybePromise<VerificationKey | undefined> {
  if (!isThenable(found)) return found;
  return found.then(undefined, (error: unknown) => {
    if (isAuthError(error) && error.reason === 'key_unknown') return undefined;
    throw error;
  });
}
