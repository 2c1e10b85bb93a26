import type { HttpHandler } from '@authly/core';
import { publicDocument } from './responses.ts';
import type { PublicJwkSet } from './signing-key.ts';

/** A new key should be published for longer than this before it signs. */
const MAX_AGE_SEC = 300;

/** Serves the public keys (RFC 7517 §5, media type §8.5.2). */
export function jwksEndpoint(jwks: PublicJwkSet): HttpHandler {
  return publicDocument({
    contentType: 'application/jwk-set+json',
    body: jwks,
    maxAgeSec: MAX_AGE_SEC,
  });
}
