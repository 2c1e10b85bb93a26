// Adding a name here makes it public.

export type { StandardSchemaV1 } from '@standard-schema/spec';
export type { AdmittedConnection } from './adapter/admit-connection.ts';
export { type ClosableSocket, closeWithLease } from './adapter/close-with-lease.ts';
export {
  type FirstMessageOptions,
  firstMessage,
  type MessageSocket,
} from './adapter/first-message.ts';
export { guardUpgrade, type UpgradeOptions } from './adapter/guard-upgrade.ts';
export type { MessageCredentials } from './adapter/message-text.ts';
export { clientOf, findPrincipal, principalOf, userOf } from './adapter/principal-of.ts';
export { refusalOf } from './adapter/refusal-of.ts';
export type { UpgradeRequest, UpgradeSocket } from './adapter/upgrade-parts.ts';
export type { CertificateFormat } from './binding/certificate-formats.ts';
export type { CertificateSource } from './binding/certificate-source.ts';
export type {
  DpopMode,
  DpopNonceOptions,
  DpopNonceSecret,
  DpopOptions,
} from './binding/dpop-options.ts';
export { type HeaderCertificateOptions, headerCertificate } from './binding/header-certificate.ts';
export type { MtlsMode, MtlsOptions } from './binding/mtls-options.ts';
export { socketCertificate } from './binding/socket-certificate.ts';
export { createResourceServer } from './create-resource-server.ts';
export { readBody } from './http/body.ts';
export {
  type CredentialSource,
  type FromCookieOptions,
  type FromHeaderOptions,
  fromCookie,
  fromHeader,
} from './http/credential-source.ts';
export { type Credentials, credentialsOf } from './http/credentials.ts';
export { DPOP_CORS } from './http/dpop-cors.ts';
export { type Form, type FormOptions, readForm } from './http/form.ts';
export { FormError, type FormFault, isFormError } from './http/form-error.ts';
export type { HandlerRequest, HandlerResponse, HttpHandler } from './http/handler.ts';
export {
  type NodeExchange,
  type NodeRequest,
  type NodeResponse,
  nodeRequestView,
} from './http/node-request.ts';
export { type Refusal, RefusedError } from './http/refusal.ts';
export type { RequestView, SetResponseHeader } from './http/request-view.ts';
export type { PublishedMetadata } from './http/resource-metadata.ts';
export type { ResourceMetadataOptions } from './http/resource-metadata-document.ts';
export { fromSubprotocol } from './http/subprotocol.ts';
export {
  anonymous,
  bearerToken,
  clientSecretBasic,
  clientSecretPost,
  type IntrospectionClient,
  type PrivateKeyJwtOptions,
  privateKeyJwt,
  type SecretSource,
  type TlsClientAuthOptions,
  tlsClientAuth,
} from './introspection/client-authentication.ts';
export type {
  AskIntrospectionOptions,
  EndpointIntrospectionOptions,
  IntrospectionAnswer,
  IntrospectionCacheOptions,
  IntrospectionOptions,
  JwtHandling,
} from './introspection/options.ts';
export type { Audience, IssuerEntry } from './issuers/issuer-entry.ts';
export type { IssuerCacheOptions, IssuerResolver } from './issuers/issuer-resolver.ts';
export type { KeyOptions } from './keys/key-options.ts';
export type { JsonWebKeySet } from './keys/key-set.ts';
export type { Lease, LeaseOptions, RenewalDueOptions } from './lease/lease.ts';
export {
  isLeaseEndedError,
  type LeaseCloseCodes,
  type LeaseEnd,
  LeaseEndedError,
} from './lease/lease-end.ts';
export type { LeasesOptions } from './lease/lease-options.ts';
export { checkOptions, type OptionNames } from './lib/check-options.ts';
export { type Clock, systemClock } from './lib/clock.ts';
export { type MustBe, mustBe, type OptionCheck } from './lib/option-checks.ts';
export {
  AuthError,
  type AuthErrorOptions,
  type ChallengeDetails,
  ConfigurationError,
  isAuthError,
} from './model/errors.ts';
export type {
  AuthEvent,
  EventListener,
  KeyUnfit,
  RefreshFailure,
} from './model/events.ts';
export type { IntrospectionFailure } from './model/introspection-failure.ts';
export type { JsonWebKey } from './model/json-web-key.ts';
export type { LeaseEndCause } from './model/lease-end-cause.ts';
export type {
  Actor,
  ActorProfile,
  Authentication,
  ClientPrincipal,
  Principal,
  Register,
  RegisteredClaims,
  TokenClaims,
  UserPrincipal,
} from './model/principal.ts';
export type { AuthErrorCode, AuthErrorReason, Step } from './model/reasons.ts';
export type { Scheme } from './model/scheme.ts';
export type { SignalFault, SignalSource } from './model/signal-fault.ts';
export type { TokenHeader } from './model/token-header.ts';
export type {
  AnyResourceServerOptions,
  CompleteIssuerOptions,
  ManyIssuersOptions,
  ResourceServerOptions,
  SingleIssuerOptions,
  TokenOptions,
} from './options/options.ts';
export type { Explanation } from './pipeline/explain.ts';
export type { ExplainedIntrospection } from './pipeline/explain-introspection.ts';
export type {
  ExplainedCertificate,
  ExplainedProof,
  RequestExplanation,
} from './pipeline/explain-request.ts';
export type { ExplainedStep } from './pipeline/explained-steps.ts';
export type { ExplainOptions } from './pipeline/revealed-claims.ts';
export type { TokenCacheOptions } from './pipeline/token-cache.ts';
export type { AudienceFreeProvider, AudienceProvider, Provider } from './providers/provider.ts';
export {
  type AuthorizationDetail,
  authorizationDetail,
} from './requirement/authorization-detail.ts';
export {
  actor,
  type CallerIds,
  client,
  type UserOptions,
  user,
} from './requirement/caller-kind.ts';
export { claim } from './requirement/claim.ts';
export { allOf, anyOf } from './requirement/combinators.ts';
export { group, permission, role, tenant } from './requirement/membership.ts';
export type { Requirement, Unmet } from './requirement/requirement.ts';
export { anyScope, scope } from './requirement/scope.ts';
export { type AuthenticationContextOptions, authenticationContext } from './requirement/step-up.ts';
export type { ClaimsOf, ResourceServer } from './resource-server.ts';
export type { RevocationOptions } from './revocation/revocation-options.ts';
export {
  type OpenapiFlows,
  type OpenapiOperation,
  type OpenapiPathItem,
  type OpenapiScheme,
  type OpenapiSecurity,
  type OpenapiSecurityOptions,
  openapiSecurity,
} from './routes/openapi.ts';
export type { RouteDescription } from './routes/route-description.ts';
export {
  createRevocations,
  type RevocationKeeper,
  type RevocationsOptions,
} from './stores/create-revocations.ts';
export type { IntrospectionStore } from './stores/introspection-store.ts';
export type { KeySnapshot, KeySnapshotStore } from './stores/key-snapshot-store.ts';
export {
  type MemoryReplayStore,
  type MemoryReplayStoreOptions,
  memoryReplayStore,
} from './stores/memory-replay-store.ts';
export { type MemoryRevocationsOptions, memoryRevocations } from './stores/memory-revocations.ts';
export {
  isReplayStoreFullError,
  type ReplayStore,
  ReplayStoreFullError,
  type ReserveOptions,
} from './stores/replay-store.ts';
export { markStops, type RevocationIds, revocationIdsOf } from './stores/revocation-ids.ts';
export {
  REVOCATION_KINDS,
  type RevocationAskOptions,
  type RevocationKind,
  type RevocationMark,
  type RevocationMarkKey,
  type RevocationQuery,
  type RevocationStore,
} from './stores/revocation-store.ts';
export {
  isRevocationStoreFullError,
  RevocationStoreFullError,
} from './stores/revocation-store-full-error.ts';
export type { RevocationTarget, TokenTarget } from './stores/revocation-target.ts';
export type { Revocations, RevokeOptions } from './stores/revocations.ts';
export type { Algorithm } from './token/algorithms.ts';
