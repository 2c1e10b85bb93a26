// Adding a name here makes it public.
export type { StandardSchemaV1 } from '@standard-schema/spec';
export { type Clock, systemClock } from './clock.ts';
export {
  AuthError,
  type AuthErrorOptions,
  type ChallengeDetails,
  ConfigurationError,
  isAuthError,
} from './errors.ts';
export type { AuthEvent, EventListener, KeyUnfit, RefreshFailure } from './events.ts';
export type { ExplainedStep, ExplainOptions, Explanation } from './explain.ts';
export { type Admission, admissionOf, admit } from './http/admission.ts';
export type { HandlerRequest, HandlerResponse, HttpHandler } from './http/handler.ts';
export { type NodeRequest, nodeRequestView, rawHeader } from './http/node-request.ts';
export { clientOf, findPrincipal, principalOf, userOf } from './http/principal-of.ts';
export { type Refusal, RefusedError } from './http/refusal.ts';
export type { RequestView } from './http/request-view.ts';
export type { PublishedMetadata } from './http/resource-metadata.ts';
export type { ResourceMetadataOptions } from './http/resource-metadata-document.ts';
export type { KeyOptions } from './keys/key-options.ts';
export type { JsonWebKeySet } from './keys/key-set.ts';
export type { KeySnapshot, KeySnapshotStore } from './keys/snapshot.ts';
export type {
  AnyResourceServerOptions,
  Audience,
  CompleteIssuerOptions,
  IssuerCacheOptions,
  IssuerEntry,
  IssuerResolver,
  ManyIssuersOptions,
  ResourceServerOptions,
  SingleIssuerOptions,
} from './options.ts';
export type {
  Actor,
  Authentication,
  ClientPrincipal,
  Principal,
  Register,
  RegisteredClaims,
  TokenClaims,
  UserPrincipal,
} from './principal.ts';
export type {
  AudienceFreeProvider,
  AudienceProvider,
  Provider,
  TokenHeader,
} from './providers/provider.ts';
export type { AuthErrorCode, AuthErrorReason, Step } from './reasons.ts';
export {
  type AuthorizationDetail,
  authorizationDetail,
} from './requirement/authorization-detail.ts';
export { checkRequirement } from './requirement/check-requirement.ts';
export { claim } from './requirement/claim.ts';
export { allOf, anyOf } from './requirement/combinators.ts';
export { actor, client, type UserOptions, user } from './requirement/kind.ts';
export {
  type OpenapiFlows,
  type OpenapiOperation,
  type OpenapiPathItem,
  type OpenapiScheme,
  type OpenapiSecurity,
  type OpenapiSecurityOptions,
  openapiSecurity,
} from './requirement/openapi.ts';
export type { Requirement, Unmet } from './requirement/requirement.ts';
export { group, permission, role, tenant } from './requirement/role.ts';
export {
  describeRoutes,
  type RouteDescription,
  type RouteLayer,
} from './requirement/route-description.ts';
export type { PathParts, UnknownPart } from './requirement/route-path.ts';
export { anyScope, scope } from './requirement/scope.ts';
export { type AuthenticationContextOptions, authenticationContext } from './requirement/step-up.ts';
export {
  type ClaimsOf,
  createResourceServer,
  isResourceServer,
  type ResourceServer,
} from './resource-server.ts';
export type { TokenCacheOptions } from './token/cache.ts';
export type { Algorithm } from './token/signature.ts';
