// Adding a name here makes it public: `@authly/core/client`, what a client of an authorization server needs.
// It loads nothing else of core: a service that only calls others does not load the code of verification.

export { presentedToken } from './adapter/presented-token.ts';
export {
  type AuthenticateClient,
  anonymous,
  bearerToken,
  clientSecretBasic,
  clientSecretPost,
  credentialsTag,
  type IntrospectionClient,
  type PrivateKeyJwtOptions,
  privateKeyJwt,
  type SecretSource,
  type TlsClientAuthOptions,
  tlsClientAuth,
} from './introspection/client-authentication.ts';
export type {
  DiscoverEndpointContext,
  DiscoveredEndpoint,
} from './introspection/discover-endpoint.ts';
export { loadDiscovery } from './introspection/load-discovery.ts';
export { loadOAuthLibrary, type OAuthLibrary } from './introspection/oauth-library.ts';
export { createTokenDigest } from './introspection/token-digest.ts';
export { isKeyFetchError } from './keys/key-fetch-error.ts';
export { abortable } from './lib/abortable.ts';
export { discardBody, readBoundedBody } from './lib/bounded-body.ts';
export { ignoreRejection } from './lib/callback-result.ts';
export { checkOptions, type OptionNames } from './lib/check-options.ts';
export { type Clock, systemClock } from './lib/clock.ts';
export { isEndpointUrl } from './lib/endpoint-url.ts';
export { decodeBase64Url, isPlainObject, isStringList, parseJsonObject } from './lib/json.ts';
export type { MaybePromise } from './lib/maybe-promise.ts';
export { mustBe } from './lib/option-checks.ts';
export { ownNumber, ownProperty, ownString } from './lib/own-property.ts';
export { systemRandom } from './lib/random.ts';
export { isScopeToken } from './lib/scope-token.ts';
export { systemErrorCode } from './lib/system-error-code.ts';
export { namesUnsetVariable } from './lib/unset-variable.ts';
export { ConfigurationError } from './model/errors.ts';
export { hasBrand } from './model/has-brand.ts';
