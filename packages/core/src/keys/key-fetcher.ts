import { isEndpointUrl } from '../lib/endpoint-url.ts';
import { ownProperty } from '../lib/own-property.ts';
import { ConfigurationError } from '../model/errors.ts';
import { fetchJson } from './bounded-json.ts';
import { freshForMs } from './cache-control.ts';
import { createDiscovery } from './discovery.ts';
import { KeyFetchError } from './key-fetch-error.ts';
import type { ResolvedKeyOptions } from './key-options.ts';
import type { KeySource } from './key-set.ts';

/** A key set from the network: nothing about its entries is known yet. */
export interface FetchedKeys {
  readonly entries: readonly unknown[];
  readonly freshForMs: number;
}

/** Fetches a key set once. Rejects with a {@link KeyFetchError} or the reason of `signal`. */
export type KeyFetcher = (signal: AbortSignal) => Promise<FetchedKeys>;

/** What a fetcher is made from. */
export interface KeyFetcherContext {
  readonly issuer: string;
  readonly fetch: typeof globalThis.fetch;
  readonly timing: ResolvedKeyOptions;
}

/**
 * The way to a remote source's keys: its URL, or its metadata and the URL found there. Throws a
 * {@link ConfigurationError} for a configured URL that is neither https nor http on loopback.
 */
export function createKeyFetcher(
  source: Exclude<KeySource, { kind: 'static' }>,
  context: KeyFetcherContext,
): KeyFetcher {
  const { fetch, timing, issuer } = context;
  const { maxBytes } = timing;
  const configured = source.kind === 'jwks' ? [source.url] : source.documents;
  if (configured.length === 0 || !configured.every(isEndpointUrl)) {
    throw new ConfigurationError(
      `Keys of ${issuer} are fetched over https (http on loopback only), from a URL without credentials. Write: jwksUri: 'https://as.example.com/jwks'`,
    );
  }
  const discover =
    source.kind === 'discovery'
      ? createDiscovery({ documents: source.documents, issuer })
      : async () => source.url;

  return async (signal) => {
    const get = (url: string) => fetchJson(url, { fetch, signal, maxBytes });
    const { body, headers } = await get(await discover(get));
    const entries = ownProperty(body, 'keys');
    if (!Array.isArray(entries)) {
      throw new KeyFetchError('malformed', 'The response is not a JWK set');
    }
    return { entries, freshForMs: freshForMs(headers, timing) };
  };
}
