import { fetchJson } from '../keys/bounded-json.ts';
import { mayLeadTo, whyNotFollowed } from '../keys/discovery.ts';
import { issuerDocuments } from '../keys/issuer-documents.ts';
import { isKeyFetchError } from '../keys/key-fetch-error.ts';
import type { KeySource } from '../keys/key-set.ts';
import type { Clock } from '../lib/clock.ts';
import { isEndpointUrl } from '../lib/endpoint-url.ts';
import { isPlainObject } from '../lib/json.ts';
import { ownProperty } from '../lib/own-property.ts';

/** What the discovery of an endpoint needs. */
export interface DiscoverEndpointContext {
  /** The endpoint to find: a member of the server's metadata. */
  readonly endpoint: 'introspection_endpoint' | 'token_endpoint';
  /** The expected `issuer` in the metadata; it must be equal. */
  readonly issuer: string;
  /** Where the issuer's keys come from. If they are discovered, the same documents are read here first. */
  readonly keys: KeySource;
  readonly fetch: typeof globalThis.fetch;
  /** Hosts that may be asked over http, besides loopback. */
  readonly allowHttp: readonly string[];
  readonly clock: Clock;
  /** Whether to prefer the endpoint for client certificates (`mtls_endpoint_aliases`, RFC 8705 §5). */
  readonly isMutualTls: boolean;
  /** Makes the error that the discovery rejects with. */
  readonly failure: (message: string, options: { readonly cause?: unknown }) => Error;
}

/** An endpoint, and where it was found. */
export interface DiscoveredEndpoint {
  /** URL of the endpoint. */
  readonly url: string;
  /** URL of the document that names it. */
  readonly document: string;
  /** Content of that document. Only `issuer` and the endpoint were checked. */
  readonly metadata: Readonly<Record<string, unknown>>;
}

/** After this time the metadata is read again, in case the endpoint has moved. */
const KNOWN_FOR_MS = 600_000;
const MAX_BYTES = 512 * 1_024;

/**
 * Makes a function that finds an endpoint in the metadata of an issuer (RFC 8414 §2). There are two metadata
 * documents, of OAuth and of OpenID Connect. If the first one does not name the endpoint, the other one is read, too,
 * because some servers have it in only one of them.
 *
 * It checks that `issuer` in the document is equal to the configured one, and that the endpoint is an https URL. An
 * http URL is accepted on loopback and on hosts of `allowHttp`, and only if the document itself came over http.
 *
 * The endpoint is kept for 10 minutes. If the metadata cannot be read after that, the known endpoint stays in use.
 * Rejects with an error made by `failure`, or with the reason of `signal`.
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
      // The other document may still name it. A 404 does not replace a more telling error.
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
  throw failure(`${endpoint} ${whyNotFollowed(document, url)}`, {});
}

function isNotFound(error: unknown): boolean {
  return isKeyFetchError(error) && error.status === 404;
}
