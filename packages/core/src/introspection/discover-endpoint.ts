import { fetchJson } from '../keys/bounded-json.ts';
import { mayLeadTo } from '../keys/discovery.ts';
import { issuerDocuments } from '../keys/issuer-documents.ts';
import { isKeyFetchError } from '../keys/key-fetch-error.ts';
import type { KeySource } from '../keys/key-set.ts';
import type { Clock } from '../lib/clock.ts';
import { isEndpointUrl } from '../lib/endpoint-url.ts';
import { isPlainObject } from '../lib/json.ts';
import { ownProperty } from '../lib/own-property.ts';

/** What the discovery of an endpoint stands on. */
export interface DiscoverEndpointContext {
  /** Which one. */
  readonly endpoint: 'introspection_endpoint' | 'token_endpoint';
  /** What `issuer` in the metadata must be, exactly. */
  readonly issuer: string;
  /** Where the issuer's keys come from: the same documents are read. */
  readonly keys: KeySource;
  readonly fetch: typeof globalThis.fetch;
  /** Hosts that may be asked over http, beside the machine itself. */
  readonly allowHttp: readonly string[];
  readonly clock: Clock;
  /** Whether the endpoint for client certificates is wanted, where there is one (RFC 8705 §5). */
  readonly isMutualTls: boolean;
  /** Makes what the discovery rejects with. */
  readonly failure: (message: string, options: { readonly cause?: unknown }) => Error;
}

/** An endpoint, and where it was found. */
export interface DiscoveredEndpoint {
  readonly url: string;
  /** The document that names it. */
  readonly document: string;
  /** The document's content. Nothing in it is checked but `issuer` and the endpoint. */
  readonly metadata: Readonly<Record<string, unknown>>;
}

/** An endpoint is looked up anew after this, so that a moved one is found. */
const KNOWN_FOR_MS = 600_000;
const MAX_BYTES = 512 * 1_024;

/**
 * Finds an endpoint in the metadata of an issuer (RFC 8414 §2). Where the first document does
 * not name it, the other kind is read, too: some servers have it in one of them only. Checks that `issuer`
 * is the configured one, and that the endpoint is https or, where the document came over http, http on loopback and on hosts of `allowHttp`.
 *
 * An endpoint that was found stays when the metadata cannot be read later. Rejects with what `failure`
 * makes, or as `signal` says.
 */
export function createDiscoverEndpoint(
  context: DiscoverEndpointContext,
): (signal: AbortSignal) => Promise<DiscoveredEndpoint> {
  const { clock } = context;
  let known: { readonly found: DiscoveredEndpoint; readonly foundAt: number } | undefined;

  return async function discoverEndpoint(signal) {
    const now = clock.now();
    if (known !== undefined && now >= known.foundAt && now - known.foundAt < KNOWN_FOR_MS) {
      return known.found;
    }
    try {
      known = { found: await find(context, signal), foundAt: now };
    } catch (error) {
      if (known === undefined || signal.aborted) throw error;
      known = { ...known, foundAt: now };
    }
    return known.found;
  };
}

async function find(
  context: DiscoverEndpointContext,
  signal: AbortSignal,
): Promise<DiscoveredEndpoint> {
  const { endpoint, issuer, keys, failure } = context;
  const stated = keys.kind === 'discovery' ? keys.documents : [];
  const documents = new Set([...stated, ...issuerDocuments(issuer)]);
  let cause: unknown;
  for (const document of documents) {
    const read = await readDocument(document, context, signal);
    if (read.metadata === undefined) {
      // What one document lacks, or fails with, the other may have.
      if (cause === undefined || !isNotFound(read.error)) cause = read.error;
      continue;
    }
    const url = endpointOf(read.metadata, document, context);
    if (url !== undefined) return { url, document, metadata: read.metadata };
  }
  throw failure(`No ${endpoint} of ${issuer} was found`, { cause });
}

type ReadDocument =
  | { readonly metadata: Readonly<Record<string, unknown>> }
  | { readonly metadata: undefined; readonly error: unknown };

async function readDocument(
  document: string,
  { fetch }: DiscoverEndpointContext,
  signal: AbortSignal,
): Promise<ReadDocument> {
  try {
    const { body } = await fetchJson(document, { fetch, signal, maxBytes: MAX_BYTES });
    return { metadata: body };
  } catch (error) {
    if (signal.aborted) throw error;
    return { metadata: undefined, error };
  }
}

function endpointOf(
  metadata: Readonly<Record<string, unknown>>,
  document: string,
  { endpoint, issuer, isMutualTls, allowHttp, failure }: DiscoverEndpointContext,
): string | undefined {
  if (ownProperty(metadata, 'issuer') !== issuer) {
    throw failure(`The metadata is not that of ${issuer}`, {});
  }
  const aliases: unknown = ownProperty(metadata, 'mtls_endpoint_aliases');
  const alias = isMutualTls && isPlainObject(aliases) ? ownProperty(aliases, endpoint) : undefined;
  const url = alias ?? ownProperty(metadata, endpoint);
  if (url === undefined) return undefined;
  if (isEndpointUrl(url, allowHttp) && mayLeadTo(document, url)) return url;
  throw failure(`${endpoint} is not an https URL`, {});
}

function isNotFound(error: unknown): boolean {
  return isKeyFetchError(error) && error.status === 404;
}
