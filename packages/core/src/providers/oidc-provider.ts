import { scopeStringOf } from './internal/claim-readers.ts';
import {
  audienceProvider,
  issuerOptions,
  type OwnOptionNames,
  type ProviderOptions,
} from './internal/define-provider.ts';
import { anyMetadata } from './internal/discovery-documents.ts';
import { checkIssuer } from './internal/issuer-url.ts';
import { classifyByJwtProfile, JWT_PROFILE_CLAIMS } from './internal/jwt-profile.ts';
import { ACCESS_TOKEN_TYPE } from './internal/type-policies.ts';
import type { AudienceProvider } from './provider.ts';

/** Options of {@link oidcProvider}. */
export type OidcProviderOptions = ProviderOptions & { readonly issuer: string };

const OPTIONS: OwnOptionNames<OidcProviderOptions> = {
  issuer: true,
};

/**
 * A server built with the npm package `oidc-provider`: `oidcProvider('https://op.acme.com')`.
 *
 * - Provider: in `features.resourceIndicators.getResourceServerInfo` give your API an `audience` and
 *   `accessTokenFormat: 'jwt'`; without a resource access tokens are opaque.
 * - Rule: that of RFC 9068: `sub` is `client_id` and no claim of a person → client; they differ and
 *   no mark of a machine → user; else refused. The server itself writes `sub` and `client_id`.
 * - User id: `sub`, the account id. Authority: `scope`.
 * - Pitfalls: account ids must not be able to equal client ids (with client id metadata documents
 *   those are URLs that clients choose); the `jwt` customizer can override everything.
 *
 * Per source as of September 2026:
 * https://github.com/panva/node-oidc-provider (lib/models/formats/jwt.js)
 *
 * @throws ConfigurationError for a bad issuer or bad key options.
 */
export function oidcProvider(target: string | OidcProviderOptions): AudienceProvider {
  const options = issuerOptions('oidcProvider', target, OPTIONS);
  const issuer = checkIssuer('oidcProvider', options.issuer);
  return audienceProvider(
    {
      preset: 'oidcProvider',
      issuer,
      keys: anyMetadata(issuer),
      types: ACCESS_TOKEN_TYPE,
      requiredClaims: JWT_PROFILE_CLAIMS,
      classify: classifyByJwtProfile,
      authority: { scopes: (claims) => scopeStringOf(claims, 'scope') },
    },
    options,
  );
}
