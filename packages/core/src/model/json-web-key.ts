/**
 * A JWK as Node.js imports and exports it (RFC 7517 §4). A type of our own, because each major version of
 * `@types/node` declares it in another place.
 */
export interface JsonWebKey {
  crv?: string;
  d?: string;
  dp?: string;
  dq?: string;
  e?: string;
  k?: string;
  kty?: string;
  n?: string;
  p?: string;
  q?: string;
  qi?: string;
  x?: string;
  y?: string;
  [member: string]: unknown;
}
