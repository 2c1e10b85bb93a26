import { LRUCache } from 'lru-cache';

/**
 * Limits of the cache of verified tokens. When one of them is reached, the least recently used token is
 * removed.
 */
export interface TokenCacheOptions {
  /** How many tokens are kept. Default 10,000. */
  readonly maxEntries?: number;
  /** How many bytes of heap the tokens and their claims may take, by an estimate. Default 32 MiB. */
  readonly maxBytes?: number;
}

/** {@link TokenCacheOptions} with every default decided. */
export type ResolvedTokenCacheOptions = Required<TokenCacheOptions>;

/** What one resource server keeps for each token that it verified. */
export interface TokenCache<Value extends object> {
  get(token: string): Value | undefined;
  set(token: string, value: Value): void;
  delete(token: string): void;
  clear(): void;
}

/**
 * Added to each token's length. V8 keeps a string that was cut out of another one (here: out of the header) as
 * a view, so the whole header stays in memory, with a string object for each of the two.
 */
const TOKEN_BYTES = 64;

/**
 * Characters of the lookup key, taken from the end of the token. V8 hashes every character of a key, so a short
 * key is much cheaper, and the end of a signature is as unique as the whole token. The whole token is
 * compared afterwards.
 */
const LOOKUP_LENGTH = 32;

/**
 * Makes a cache from tokens to values. `get` finds an entry by the end of the token, and gives its value only
 * if the **whole** token is equal. Two tokens with the same end replace each other in the cache, but never get
 * each other's value.
 *
 * The cache does not check time, keys or revocation: the caller checks those on every request. `weightOf`
 * gives the size of a value in bytes of heap. A value larger than the whole cache is not kept.
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
