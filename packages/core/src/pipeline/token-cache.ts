import { LRUCache } from 'lru-cache';

/** Bounds of the verified-token cache; the first one reached evicts the token used longest ago. */
export interface TokenCacheOptions {
  /** Tokens kept. Default 10,000. */
  readonly maxEntries?: number;
  /** Bytes of heap kept, by an estimate of what the tokens and their claims take. Default 32 MiB. */
  readonly maxBytes?: number;
}

/** Bounds as resolved at construction. */
export type ResolvedTokenCacheOptions = Required<TokenCacheOptions>;

/** Verified tokens and what came of them, for one resource server. */
export interface TokenCache<Value extends object> {
  get(token: string): Value | undefined;
  set(token: string, value: Value): void;
  delete(token: string): void;
  clear(): void;
}

/** A text that was cut out of a header keeps all of that, and has two heads. */
const TOKEN_BYTES = 64;

/**
 * V8 hashes every character of a key; the end of a signature tells tokens apart as well as the
 * whole token does, at a fraction of the cost. The whole token is compared afterwards.
 */
const LOOKUP_LENGTH = 32;

/**
 * A cache whose lookups are decided by the **whole** token: the lookup key is only where to look.
 * Two tokens with one lookup key displace each other, and never answer for each other.
 *
 * It does not know time, keys or revocation: whoever reads from it checks those again. `weightOf` says
 * how many bytes of heap a value keeps; one that is too large for the cache is not kept.
 */
export function createTokenCache<Value extends object>(
  options: ResolvedTokenCacheOptions,
  weightOf: (value: Value) => number,
): TokenCache<Value> {
  const entries = new LRUCache<string, { readonly token: string; readonly value: Value }>({
    max: options.maxEntries,
    maxSize: options.maxBytes,
    sizeCalculation: ({ token, value }) => token.length + TOKEN_BYTES + weightOf(value),
  });
  return {
    get(token) {
      const entry = entries.get(token.slice(-LOOKUP_LENGTH));
      return entry !== undefined && entry.token === token ? entry.value : undefined;
    },
    set(token, value) {
      entries.set(token.slice(-LOOKUP_LENGTH), { token, value });
    },
    delete(token) {
      const key = token.slice(-LOOKUP_LENGTH);
      if (entries.peek(key)?.token === token) entries.delete(key);
    },
    clear() {
      entries.clear();
    },
  };
}
