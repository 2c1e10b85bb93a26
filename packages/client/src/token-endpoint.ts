import { type DiscoveredEndpoint, isKeyFetchError, loadDiscovery } from '@authly/core/client';
import type { ResolvedClock } from './source-clock.ts';
import { isTokenSourceError, TokenSourceError } from './token-source-error.ts';

/** Where tokens are requested, and the metadata of that server. */
export type TokenEndpoint = Omit<DiscoveredEndpoint, 'document'> & {
  /** URL of the metadata document; `undefined` if the endpoint is configured. */
  readonly document: string | undefined;
};

/** Finds the token endpoint. */
export interface FindTokenEndpoint {
  find(signal: AbortSignal): Promise<TokenEndpoint>;
  /** The endpoint that was found last. */
  readonly known: TokenEndpoint | undefined;
}

/** What {@link createFindTokenEndpoint} needs. */
export interface TokenEndpointOptions {
  readonly issuer: string;
  /** The endpoint as configured, for servers without metadata. */
  readonly tokenEndpoint: string | undefined;
  readonly fetch: typeof globalThis.fetch;
  readonly allowHttp: readonly string[];
  readonly clock: ResolvedClock;
  readonly isMutualTls: boolean;
  /** Called with the new URL when the endpoint is on another origin than before. */
  readonly moved: (url: string) => void;
}

/**
 * Makes a search for `token_endpoint` in the issuer's metadata (RFC 8414, OpenID Connect Discovery). The
 * metadata is read again after ten minutes. Its `issuer` must be exactly the configured one. The endpoint
 * must be https, or http if the metadata came over http, too. Rejects with `metadata_unavailable`, with
 * `metadata_unusable`, or with the reason of the signal.
 */
export function createFindTokenEndpoint(options: TokenEndpointOptions): FindTokenEndpoint {
  const { issuer, tokenEndpoint, clock, moved } = options;
  if (tokenEndpoint !== undefined) {
    const known = { url: tokenEndpoint, document: undefined, metadata: {} };
    return { find: async () => known, known };
  }
  let discover: ((signal: AbortSignal) => Promise<DiscoveredEndpoint>) | undefined;

  async function discovery(signal: AbortSignal): Promise<DiscoveredEndpoint> {
    const { createDiscoverEndpoint } = await loadDiscovery();
    discover ??= createDiscoverEndpoint({
      endpoint: 'token_endpoint',
      issuer,
      keys: { kind: 'discovery', documents: [] },
      fetch: options.fetch,
      allowHttp: options.allowHttp,
      // Monotonic, so that setting the time of day does not change when the metadata is read again.
      clock: { now: () => clock.monotonicMs() },
      isMutualTls: options.isMutualTls,
      failure: (_message, { cause }) => failureOf(cause),
    });
    return discover(signal);
  }

  let known: TokenEndpoint | undefined;
  return {
    get known() {
      return known;
    },
    async find(signal) {
      const found = await discovery(signal).catch((error: unknown) => {
        if (isTokenSourceError(error)) throw error;
        if (signal.aborted) throw signal.reason;
        throw new TokenSourceError('metadata_unavailable', { cause: error });
      });
      if (known !== undefined && originOf(known.url) !== originOf(found.url)) moved(found.url);
      known = found;
      return found;
    },
  };
}

function failureOf(cause: unknown): TokenSourceError {
  if (!isKeyFetchError(cause)) return new TokenSourceError('metadata_unusable');
  const { status, code, failure } = cause;
  const isThere = failure === 'status' && status !== undefined && status < 500;
  return new TokenSourceError(isThere ? 'metadata_unusable' : 'metadata_unavailable', {
    serverStatus: status,
    code,
  });
}

function originOf(url: string): string {
  return new URL(url).origin;
}
