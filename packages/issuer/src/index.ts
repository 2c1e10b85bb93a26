// Adding a name here makes it public.
export {
  type AccessTokenClaims,
  type ClientAccessTokenClaims,
  SUBJECT_TYPE_CLAIM,
  type UserAccessTokenClaims,
} from './access-token-claims.ts';
export type { ClaimsInput, ClaimsMember, CustomClaims, UserClaimsInput } from './claims-input.ts';
export type { ClientCredentials } from './client-authentication.ts';
export type {
  ClientCredentialsProvider,
  ClientCredentialsRequest,
} from './client-credentials-provider.ts';
export {
  type GeneratedClientSecret,
  generateClientSecret,
  hashClientSecret,
} from './client-secret.ts';
export {
  type Client,
  type ClientAuthenticationMethod,
  type ClientStore,
  memoryClientStore,
} from './client-store.ts';
export {
  type ClientTokenRequest,
  createIssuer,
  type Issuer,
  type IssuerEndpoints,
  type IssuerOptions,
  type UserTokenRequest,
} from './create-issuer.ts';
export type { IssuerEvent, IssuerEventListener } from './events.ts';
export type { Identity, IncludedProfile, ProfileClaim } from './identity.ts';
export { IssuanceError, type IssuanceErrorCode, isIssuanceError } from './issuance-error.ts';
export type { IssuedToken } from './issued-token.ts';
export type { AuthorizationServerMetadata } from './metadata-endpoint.ts';
export type { ReservedClaim } from './reserved-claims.ts';
export {
  generateSigningKey,
  type PublicJwk,
  type PublicJwkSet,
  type SigningJwk,
} from './signing-key.ts';
export { isClientId, userSubject } from './subject.ts';
export type { TokenGrant, UserAuthentication, UserGrant } from './token-minter.ts';
export {
  isTokenRequestError,
  TokenRequestError,
  type TokenRequestErrorCode,
  type TokenRequestReason,
} from './token-request-error.ts';
