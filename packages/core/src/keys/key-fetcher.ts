import { hostOf, isEndpointUrl, isHttpUrl } from '../lib/endpoint-url.ts';
import { ownProperty } from '../lib/own-property.ts';
import { ConfigurationError } from '../model/errors.ts';
import { fetchJson } from './bounded-json.ts';
import { freshForMs } from './cache-control.ts';
import { createDiscovery } from './discovery.ts';
import { KeyFetchError } from './key-fetch-error.ts';
import type { ResolvedKeyOptions } from './key-options.ts';
import type { KeySource } from './key-set.ts';

/** A key set from the network. Its entries are not checked yet. */
export interface FetchedKeys {
  readonly entries: readonly unknown[];
  readonly freshForMs: number;
}

/**
 * Fetches a key set once. Rejects with a {@link KeyFetchError}, or with the reason of `signal`. `onRequest` is called
 * with each URL before it is requested, so that a timeout can name the URL that did not answer.
 */
export type KeyFetcher = (
  signal: AbortSignal,
  onRequest?: (url: string) => void,
) => Promise<FetchedKeys>;

/** What a fetcher is made from. */
export interface KeyFetcherContext {
  readonly issuer: string;
  readonly fetch: typeof globalThis.fetch;
  readonly timing: ResolvedKeyOptions;
  /** Hosts that may be asked over http, in addition to loopback. */
  readonly allowHttp?: readonly string[] | undefined;
  /** Name of the issuer's preset, for messages. */
  readonly preset?: string | undefined;
}

/**
 * Makes a function that fetches the keys of a remote source: from its URL, or from the `jwks_uri` in its metadata.
 * Throws a {@link ConfigurationError} for a configured URL that must not be fetched: it must be https, or http on
 * loopback or on a host of `allowHttp`.
 */
export function createKeyFetcher(
  source: Exclude<KeySource, { kind: 'static' }>,
  context: KeyFetcherContext,
): KeyFetcher {
  const { fetch, timing, issuer, allowHttp, preset } = context;
  const { maxBytes } = timing;
  const configured = urlsOf(source);
  const refused = configured.find((url) => !isEndpointUrl(url, allowHttp));
  if (configured.length === 0 || refused !== undefined) {
    throw new ConfigurationError(
      `Keys of ${issuer} must be fetched over https (http on loopback only), from a URL without credentials. ${lineFor(refused)}`,
    );
  }
  const discover =
    source.kind === 'discovery'
      ? createDiscovery({ documents: source.documents, issuer, allowHttp, preset })
      : async () => source.url;

  return async (signal, onRequest) => {
    const get = (url: string) => {
      onRequest?.(url);
      return fetchJson(url, { fetch, signal, maxBytes });
    };
    const url = await discover(get);
    const { body, headers } = await get(url);
    const entries = ownProperty(body, 'keys');
    if (!Array.isArray(entries)) {
      throw new KeyFetchError('malformed', 'The response is not a JWK set', { url });
    }
    // SPIFFE Trust Domain and Bundle §4.1.4: how often clients should read the bundle again.
    const hintSec = ownProperty(body, 'spiffe_refresh_hint');
    return { entries, freshForMs: freshForMs(headers, timing, hintSec) };
  };
}

/** The configured URLs of a source. */
export function urlsOf(source: Exclude<KeySource, { kind: 'static' }>): readonly string[] {
  return source.kind === 'jwks' ? [source.url] : source.documents;
}

function lineFor(refused: string | undefined): string {
  const host = isHttpUrl(refused) ? hostOf(new URL(refused).hostname) : undefined;
  return host === undefined
    ? "Write: jwksUri: 'https://as.example.com/jwks'"
    : `Write: issuer: '${refused?.replace(/^http:(\/\/[^/]*).*$/, 'https:$1')}…', or, on a network where nobody can change the traffic, allowHttp: ['${host}'] next to issuer or issuers`;
}
