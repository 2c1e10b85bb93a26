import { issuerDocuments, openIdDocument } from '../../keys/issuer-documents.ts';
import type { KeySource } from '../../keys/key-set.ts';

/** Keys by the issuer's OpenID metadata: the path appended to the issuer (Discovery 1.0 §4). */
export function openIdMetadata(issuer: string): KeySource {
  return { kind: 'discovery', documents: Object.freeze([openIdDocument(issuer)]) };
}

/**
 * Keys by the issuer's metadata, where it is not known which document the server has. Tried are OpenID's
 * document (Discovery 1.0 §4), whose path comes after the issuer's path, that of RFC 8414 §3, whose path comes
 * between host and the issuer's path, and each of the two with the other's place (RFC 8414 §5). For an issuer
 * without a path these are two addresses.
 */
export function anyMetadata(issuer: string): KeySource {
  return { kind: 'discovery', documents: issuerDocuments(issuer) };
}

/** Keys at a fixed address that the provider documents. */
export function keysAt(url: string): KeySource {
  return { kind: 'jwks', url };
}
