import { isEndpointUrl, isHttpUrl, isLoopback } from '../lib/endpoint-url.ts';
import { ownProperty } from '../lib/own-property.ts';
import type { RefreshFailure } from '../model/events.ts';
import type { JsonResponse } from './bounded-json.ts';
import { isKeyFetchError, KeyFetchError } from './key-fetch-error.ts';

/** What discovery is made from. */
export interface DiscoveryOptions {
  /** Metadata documents to try, in order. */
  readonly documents: readonly string[];
  /** The expected `issuer` in the metadata; it must be equal. */
  readonly issuer: string;
  /** Name of the issuer's preset, for the hint in an error when the metadata states another issuer. */
  readonly preset?: string | undefined;
  /** Hosts that may be asked over http, in addition to loopback. */
  readonly allowHttp?: readonly string[] | undefined;
}

/** After one of these failures the next document is tried: the server answered, but not with metadata. */
const NO_METADATA: ReadonlySet<RefreshFailure> = new Set(['status', 'redirect', 'not_json']);
/** Characters. No real issuer is longer. A document may state a longer text, which is not written to logs. */
const MAX_STATED_LENGTH = 512;

/**
 * Finds the key set of an issuer by its metadata (RFC 8414 §3, OpenID Connect Discovery 1.0 §4). Gives a function that
 * resolves with `jwks_uri`. It reads the metadata on each call, so a changed `jwks_uri` is noticed.
 *
 * - If an answer is not metadata (a status other than 200, a redirect, HTML, JSON without `issuer` and `jwks_uri`), the
 *   next document is tried. When none is left, it rejects with the first failure.
 * - Every other failure ends the attempt: metadata of another issuer, a network error, a timeout.
 * - The document that answered is tried first the next time.
 *
 * It checks that `issuer` is equal to the configured one (RFC 8414 §3.3), and that `jwks_uri` is https. It may be http
 * only if the metadata came over http, too, and its host is loopback or in `allowHttp`. It may be on this machine only if
 * the metadata is. It reads nothing else.
 */
export function createDiscovery(
  options: DiscoveryOptions,
): (get: (url: string) => Promise<JsonResponse>) => Promise<string> {
  let remembered: string | undefined;
  return async (get) => {
    const first = remembered;
    const others = options.documents.filter((document) => document !== first);
    const failures: unknown[] = [];
    for (const document of first === undefined ? others : [first, ...others]) {
      try {
        const { body } = await get(document);
        if (statesNothing(body)) {
          const what = 'The response is not metadata: it has neither issuer nor jwks_uri';
          failures.push(new KeyFetchError('malformed', what, { url: document }));
          continue;
        }
        const url = jwksUriOf(body, document, options);
        remembered = document;
        return url;
      } catch (error) {
        if (!isNoMetadata(error)) throw error;
        failures.push(error);
      }
    }
    remembered = undefined;
    throw failures[0];
  };
}

function statesNothing(metadata: Readonly<Record<string, unknown>>): boolean {
  return (
    ownProperty(metadata, 'issuer') === undefined && ownProperty(metadata, 'jwks_uri') === undefined
  );
}

function jwksUriOf(
  metadata: Readonly<Record<string, unknown>>,
  document: string,
  options: DiscoveryOptions,
): string {
  const stated = ownProperty(metadata, 'issuer');
  const url = ownProperty(metadata, 'jwks_uri');
  if (stated !== options.issuer) throw mismatch(stated, url, document, options);
  if (isEndpointUrl(url, options.allowHttp) && mayLeadTo(document, url)) return url;
  const what = `jwks_uri of the metadata ${whyNotFollowed(document, url)}`;
  throw new KeyFetchError('malformed', what, { url: document });
}

/**
 * Whether a metadata document may name this URL. A document from the network must not send us to a server on this
 * machine, and a document from https must not send us to http.
 */
export function mayLeadTo(document: string, url: string): boolean {
  if (leadsToThisMachine(document, url)) return false;
  return new URL(url).protocol === 'https:' || new URL(document).protocol === 'http:';
}

/** Why a URL of a metadata document is not followed, after its name: it is no URL for us, or {@link mayLeadTo} says no. */
export function whyNotFollowed(document: string, url: unknown): string {
  const isHttps = isHttpUrl(url) && new URL(url).protocol === 'https:';
  return isHttps && leadsToThisMachine(document, url)
    ? 'is a URL on this machine, and the metadata came from another'
    : 'is not an https URL';
}

function leadsToThisMachine(document: string, url: string): boolean {
  return isLoopback(new URL(url).hostname) && !isLoopback(new URL(document).hostname);
}

function mismatch(
  stated: unknown,
  jwksUri: unknown,
  document: string,
  { issuer, preset }: DiscoveryOptions,
): KeyFetchError {
  const what = `The metadata is not that of ${issuer}`;
  // The stated issuer is shown only if it is a URL without quotes and control characters, because it is written into
  // logs, and into a line that somebody copies into code.
  const isShown =
    isHttpUrl(stated) && /^[!-&(-[\]-~]+$/.test(stated) && stated.length <= MAX_STATED_LENGTH;
  if (!isShown) return new KeyFetchError('issuer_mismatch', what, { url: document });
  const toWrite = lineFor(stated, jwksUri, document, preset ?? 'custom');
  const text = `${what}, but of ${stated}. If tokens have that iss, write: ${toWrite}`;
  return new KeyFetchError('issuer_mismatch', text, {
    url: document,
    statedIssuer: stated,
    toWrite,
  });
}

/**
 * The line to write. Its `jwksUri` has the configured host, which is known to answer. The stated host may be a public
 * name that cannot be reached from inside the network.
 */
function lineFor(stated: string, jwksUri: unknown, document: string, preset: string): string {
  const { origin } = new URL(document);
  const isSameServer = new URL(stated).origin === origin;
  if (isSameServer) return `${preset}({ issuer: '${stated}' })`;
  const path =
    typeof jwksUri === 'string' && URL.canParse(jwksUri) ? new URL(jwksUri).pathname : '/…';
  return `${preset}({ issuer: '${stated}', jwksUri: '${origin}${path.replaceAll("'", '%27')}' })`;
}

function isNoMetadata(error: unknown): boolean {
  return isKeyFetchError(error) && NO_METADATA.has(error.failure);
}
