import { withoutStack } from '../lib/without-stack.ts';
import { AuthError } from '../model/errors.ts';
import type { AuthErrorReason } from '../model/reasons.ts';
import type { VerificationKey } from '../signature/verification-key.ts';
import type { Algorithm } from '../token/algorithms.ts';

/** A JWK set as it arrives (RFC 7517 §5). */
export interface JsonWebKeySet {
  readonly keys: readonly object[];
}

/** Where an issuer's keys come from. Never from a token. */
export type KeySource =
  | {
      /** Metadata of the issuer names the key set. */
      readonly kind: 'discovery';
      /**
       * The documents to try, in order: the next one where this answers with what is no metadata. The
       * one that has it is remembered.
       */
      readonly documents: readonly string[];
    }
  | { readonly kind: 'jwks'; readonly url: string }
  | { readonly kind: 'static'; readonly jwks: JsonWebKeySet };

/** What a token's header asks for (RFC 7515 §4.1). */
export interface KeyQuery {
  readonly algorithm: Algorithm;
  readonly kid: string | undefined;
  /**
   * A key that `find` gave for this query, and that did not verify the signature. Nothing else says that a
   * key was replaced without a kid, or under the same one: it is not given again, and counts as unknown.
   */
  readonly failed?: VerificationKey;
}

/**
 * The keys of one issuer. `find` answers at once when it can, and fails with an `AuthError`:
 * `key_unknown` when the keys are known and none fits, `keys_unavailable` when no keys are to be had.
 */
export interface KeySet {
  find(query: KeyQuery): VerificationKey | Promise<VerificationKey>;
  /** Whether a key that `find` gave earlier may still be relied on: not withdrawn, not too stale. */
  isLive(key: VerificationKey): boolean;
  /** Resolves once keys are there; rejects with `keys_unavailable`, or as `signal` says. */
  ready(signal?: AbortSignal): Promise<void>;
  /** Ends background work. Further calls of `find` go on with the keys at hand. */
  close(): void;
}

/** The outcome of choosing among the keys at hand. */
export type KeyChoice = VerificationKey | (AuthErrorReason & 'key_unknown');

/** Rejects for a key that is not there. Any stranger can name one, so that no stack is looked for. */
export function rejectUnknownKey(): Promise<never> {
  return Promise.reject(withoutStack(() => new AuthError('key_unknown')));
}

/**
 * Chooses the key for a query among usable keys: by `kid` and algorithm; without `kid` only if
 * exactly one key fits the algorithm, and never the one that failed.
 */
export function chooseKey(keys: readonly VerificationKey[], query: KeyQuery): KeyChoice {
  let found: VerificationKey | undefined;
  for (const key of keys) {
    if (query.kid !== undefined && key.kid !== query.kid) continue;
    if (!key.algorithms.includes(query.algorithm)) continue;
    if (found !== undefined) return 'key_unknown';
    found = key;
  }
  return found === undefined || found === query.failed ? 'key_unknown' : found;
}
