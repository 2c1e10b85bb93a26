import { issuerDocuments, openIdDocument } from '../../keys/issuer-documents.ts';
import type { KeySource } from '../../keys/key-set.ts';

/** Keys by the issuer's OpenID metadata: the path appended to the issuer (Discovery 1.0 §4). */
export function openIdMetadata(issuer: string): KeySource {
  return { kind: 'discovery', documents: Object.freeze([openIdDocument(issuer)]) };
}

/**
 * Keys by the issuer's metadata where it is not known which kind it has: OpenID's document (Discovery
 * 1.0 §4), the one of RFC 8414 §3, whose path stands between host and the issuer's path, and each with
 * its path where the other has it (RFC 8414 §5; servers behind one router). Without a path these are two.
 */
export function anyMetadata(issuer: string): KeySource {
  return { kind: 'discovery', documents: issuerDocuments(issuer) };
}

/** Keys at a fixed address that the provider documents. */
export function keysAt(url: string): KeySource {
  return { kind: 'jwks', url };
}
