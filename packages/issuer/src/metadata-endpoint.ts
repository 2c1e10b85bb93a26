import type { HttpHandler } from '@authly/core';
import type { IssuerLocations } from './issuer-identifier.ts';
import { publicDocument } from './responses.ts';

/** Metadata of an authorization server (RFC 8414 §2), as far as this one has any. */
export interface AuthorizationServerMetadata {
  readonly issuer: string;
  readonly authorization_endpoint: string;
  readonly token_endpoint: string;
  readonly jwks_uri: string;
  readonly scopes_supported?: readonly string[];
  readonly response_types_supported: readonly string[];
  readonly grant_types_supported: readonly string[];
  readonly token_endpoint_auth_methods_supported: readonly string[];
}

const MAX_AGE_SEC = 300;

/**
 * The issuer's metadata. `response_types_supported` is empty, and `authorization_endpoint` refuses
 * every request: there is no authorization code flow, but common clients accept no metadata without
 * these members.
 */
export function issuerMetadata(
  locations: IssuerLocations,
  scopes: readonly string[] | undefined,
): AuthorizationServerMetadata {
  return Object.freeze({
    issuer: locations.issuer,
    authorization_endpoint: locations.authorization.url,
    token_endpoint: locations.token.url,
    jwks_uri: locations.jwks.url,
    ...(scopes !== undefined && { scopes_supported: Object.freeze([...scopes]) }),
    response_types_supported: Object.freeze([]),
    grant_types_supported: Object.freeze(['client_credentials']),
    token_endpoint_auth_methods_supported: Object.freeze([
      'client_secret_basic',
      'client_secret_post',
    ]),
  });
}

/** Serves the metadata (RFC 8414 §3). */
export function metadataEndpoint(metadata: AuthorizationServerMetadata): HttpHandler {
  return publicDocument({
    contentType: 'application/json',
    body: metadata,
    maxAgeSec: MAX_AGE_SEC,
  });
}
