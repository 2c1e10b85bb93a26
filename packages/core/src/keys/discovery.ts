import { isEndpointUrl } from '../lib/endpoint-url.ts';
import { ownProperty } from '../lib/own-property.ts';
import type { JsonResponse } from './bounded-json.ts';
import { isKeyFetchError, KeyFetchError } from './key-fetch-error.ts';

/** What discovery needs of its surroundings. */
export interface DiscoveryOptions {
  /** Metadata documents to try, in order. */
  readonly documents: readonly string[];
  /** What `issuer` in the metadata must be, exactly. */
  readonly issuer: string;
}

/**
 * Finds an issuer's key set by its metadata (RFC 8414 §3, OpenID Connect Discovery 1.0 §4): gives a
 * function that reads the metadata anew on each call, so that a moved `jwks_uri` is followed, and
 * resolves with `jwks_uri`.
 *
 * The next document is tried only when one answers 404; the first that answers is remembered, and
 * forgotten when it answers 404 one day. Checks that `issuer` equals the configured one
 * (RFC 8414 §3.3) and that `jwks_uri` is https; http on loopback only where the metadata is, too.
 * Reads nothing else.
 */
export function createDiscovery(
  options: DiscoveryOptions,
): (get: (url: string) => Promise<JsonResponse>) => Promise<string> {
  let remembered: string | undefined;
  return async (get) => {
    const documents = remembered === undefined ? options.documents : [remembered];
    let missing: unknown;
    for (const document of documents) {
      try {
        const { body } = await get(document);
        remembered = document;
        return jwksUriOf(body, options.issuer, document);
      } catch (error) {
        if (!isNotFound(error)) throw error;
        missing = error;
      }
    }
    remembered = undefined;
    throw missing;
  };
}

function jwksUriOf(
  metadata: Readonly<Record<string, unknown>>,
  issuer: string,
  document: string,
): string {
  if (ownProperty(metadata, 'issuer') !== issuer) {
    throw new KeyFetchError('issuer_mismatch', `The metadata is not that of ${issuer}`);
  }
  const url = ownProperty(metadata, 'jwks_uri');
  // A stranger's document must not send us to what listens on this machine.
  if (isEndpointUrl(url) && (isHttps(url) || !isHttps(document))) return url;
  throw new KeyFetchError('malformed', 'jwks_uri of the metadata is not an https URL');
}

function isHttps(url: string): boolean {
  return new URL(url).protocol === 'https:';
}

function isNotFound(error: unknown): boolean {
  return isKeyFetchError(error) && error.status === 404;
}
