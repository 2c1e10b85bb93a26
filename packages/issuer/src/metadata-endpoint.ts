import type { Algorithm, HttpHandler } from '@authly/core';
import type { IssuerLocations } from './issuer-identifier.ts';
import { publicDocument } from './responses.ts';
import type { PublicJwkSet } from './signing-key.ts';

/**
 * Metadata of an authorization server (RFC 8414 §2), as far as this one has any, and the members that
 * OpenID Connect Discovery 1.0 §3 requires.
 */
export interface AuthorizationServerMetadata {
  readonly issuer: string;
  readonly authorization_endpoint: string;
  readonly token_endpoint: string;
  readonly jwks_uri: string;
  readonly scopes_supported?: readonly string[];
  readonly response_types_supported: readonly string[];
  readonly grant_types_supported: readonly string[];
  readonly token_endpoint_auth_methods_supported: readonly string[];
  readonly code_challenge_methods_supported: readonly string[];
  readonly subject_types_supported: readonly string[];
  readonly id_token_signing_alg_values_supported: readonly Algorithm[];
}

const MAX_AGE_SEC = 300;

/**
 * The issuer's metadata. There is no authorization code flow and there are no ID tokens, but common clients
 * refuse metadata without these members, even if they use none of them:
 * - `authorization_endpoint` refuses every request, and `response_types_supported` names `none` alone
 *   (OAuth 2.0 Multiple Response Type Encoding Practices §4), so that a client that wants to sign users in
 *   stops by itself;
 * - `code_challenge_methods_supported` (RFC 8414 §2) is needed by clients that insist on PKCE;
 * - `subject_types_supported` and `id_token_signing_alg_values_supported` are required by OpenID Connect
 *   Discovery 1.0 §3. The second names the algorithms of all published keys: some verifiers of access
 *   tokens take theirs from it.
 */
export function issuerMetadata(
  locations: IssuerLocations,
  scopes: readonly string[] | undefined,
  { keys }: PublicJwkSet,
): AuthorizationServerMetadata {
  return Object.freeze({
    issuer: locations.issuer,
    authorization_endpoint: locations.authorization.url,
    token_endpoint: locations.token.url,
    jwks_uri: locations.jwks.url,
    // RFC 8414 §3.2: a list without values is left out.
    ...(scopes !== undefined &&
      scopes.length > 0 && { scopes_supported: Object.freeze([...scopes]) }),
    response_types_supported: Object.freeze(['none']),
    grant_types_supported: Object.freeze(['client_credentials']),
    token_endpoint_auth_methods_supported: Object.freeze([
      'client_secret_basic',
      'client_secret_post',
    ]),
    code_challenge_methods_supported: Object.freeze(['S256']),
    subject_types_supported: Object.freeze(['public']),
    id_token_signing_alg_values_supported: Object.freeze([...new Set(keys.map(({ alg }) => alg))]),
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
