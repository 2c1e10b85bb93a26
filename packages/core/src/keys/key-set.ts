import { withoutStack } from '../lib/without-stack.ts';
import { AuthError } from '../model/errors.ts';
import type { AuthErrorReason } from '../model/reasons.ts';
import type { VerificationKey } from '../signature/verification-key.ts';
import type { Algorithm } from '../token/algorithms.ts';

/** A JWK set (RFC 7517 §5). Its keys are not checked. */
export interface JsonWebKeySet {
  readonly keys: readonly object[];
}

/** Where an issuer's keys come from. They never come from a token. */
export type KeySource =
  | {
      /** The issuer's metadata names the URL of the key set. */
      readonly kind: 'discovery';
      /**
       * URLs of the metadata documents to try, in order. The next one is tried when an answer is not metadata. The one
       * that worked is tried first the next time.
       */
      readonly documents: readonly string[];
    }
  | { readonly kind: 'jwks'; readonly url: string }
  | { readonly kind: 'static'; readonly jwks: JsonWebKeySet };

/** Which key is needed, by the header of a token (RFC 7515 §4.1). */
export interface KeyQuery {
  readonly algorithm: Algorithm;
  readonly kid: string | undefined;
  /**
   * Whether the issuer may publish a new key with the kid of an earlier one. The keys are then fetched again also for a
   * kid that is known: if its key is for another algorithm, or did not verify the signature. Default `false`.
   */
  readonly kidsRecur?: boolean;
  /**
   * A key that `find` gave before, and that did not verify the signature. `find` does not give it again; the query then
   * counts as a query for an unknown key. This is the only sign that the issuer has replaced its key without a kid, or
   * under the same kid.
   */
  readonly failed?: VerificationKey;
}

/** The keys of one issuer. */
export interface KeySet {
  /**
   * Finds the key for a query. Gives it without a promise when it is cached. Rejects with an `AuthError`:
   * `key_unknown` when there are keys and none fits, `keys_unavailable` when there are no usable keys.
   */
  find(query: KeyQuery): VerificationKey | Promise<VerificationKey>;
  /** Whether a key that `find` gave earlier is still accepted: it was not withdrawn, and the keys are not too old. */
  isLive(key: VerificationKey): boolean;
  /** Resolves once there are keys. Rejects with `keys_unavailable`, or with the reason of `signal`. */
  ready(signal?: AbortSignal): Promise<void>;
  /** Ends background work. `find` continues to work with the cached keys. */
  close(): void;
}

/** The result of choosing among the cached keys. */
export type KeyChoice = VerificationKey | (AuthErrorReason & 'key_unknown');

/**
 * Rejects with `key_unknown`. Without a stack trace, which takes time to make: anybody can send tokens with made-up key
 * ids.
 */
export function rejectUnknownKey(): Promise<never> {
  return Promise.reject(withoutStack(() => new AuthError('key_unknown')));
}

/**
 * Chooses the key for a query by `kid` and algorithm. Without `kid`, a key is chosen only if exactly one key fits the
 * algorithm. The key that failed before is never chosen.
 */
export function chooseKey(keys: readonly VerificationKey[], query: KeyQuery): KeyChoice {
  let found: VerificationKey | undefined;
  // By index, as `isStringList` says.
  for (let index = 0; index < keys.length; index++) {
    const key = keys[index] as VerificationKey;
    if (query.kid !== undefined && key.kid !== query.kid) continue;
    if (!key.algorithms.includes(query.algorithm)) continue;
    if (found !== undefined) return 'key_unknown';
    found = key;
  }
  return found === undefined || found === query.failed ? 'key_unknown' : found;
}
