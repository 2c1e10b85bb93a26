import type { TokenClaims } from '../model/principal.ts';
import { has, scopeStringOf, stringOf } from './internal/claim-readers.ts';
import { asClient, asUnknown } from './internal/classification.ts';
import {
  audienceProvider,
  issuerOptions,
  type OwnOptionNames,
  type ProviderOptions,
} from './internal/define-provider.ts';
import { anyMetadata } from './internal/discovery-documents.ts';
import { isAboutAccessToken } from './internal/introspected-marks.ts';
import { checkIssuer } from './internal/issuer-url.ts';
import { classifyByJwtProfile, JWT_PROFILE_CLAIMS } from './internal/jwt-profile.ts';
import { hasUserMark } from './internal/kind-marks.ts';
import { ACCESS_TOKEN_TYPE } from './internal/type-policies.ts';
import type { AudienceProvider, Classification } from './provider.ts';

/** Options of {@link oidcProvider}. */
export type OidcProviderOptions = ProviderOptions & { readonly issuer: string };

const OPTIONS: OwnOptionNames<OidcProviderOptions> = {
  issuer: true,
};

/**
 * A server built with the npm package `oidc-provider`: `oidcProvider('https://op.acme.com')`.
 *
 * - Provider: in `features.resourceIndicators.getResourceServerInfo` give your API an `audience` and
 *   `accessTokenFormat: 'jwt'`, or 'opaque' and `introspection` here; without a resource access
 *   tokens are opaque and have no `aud`.
 * - Rule: that of RFC 9068: `sub` is `client_id` and no claim of a person → client; they differ and
 *   no mark of a machine → user; else refused. The server itself writes `sub` and `client_id`.
 * - User id: `sub`, the account id. Authority: `scope`.
 * - Introspection (RFC 7662): the server writes `token_type` for access tokens alone. No `sub` → client;
 *   `sub` is not `client_id` → user; they are the same → refused. It signs answers (RFC 9701) where that
 *   is on. It does not introspect JWTs.
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
      introspected: {
        requiredMembers: Object.freeze(['client_id', 'token_type']),
        accepts: isAboutAccessToken,
        classify: classifyAnswer,
      },
    },
    options,
  );
}

const SAME = asUnknown('sub is client_id, which the server never writes for a client');
const CONTRADICTION = asUnknown('no sub is there, but claims of a user are');

/** Its client credentials tokens have no account, so an answer about them has no `sub`. */
function classifyAnswer(answer: TokenClaims): Classification {
  const clientId = stringOf(answer, 'client_id');
  if (has(answer, 'sub')) {
    return stringOf(answer, 'sub') === clientId ? SAME : classifyByJwtProfile(answer, {});
  }
  return hasUserMark(answer) ? CONTRADICTION : asClient(clientId, 'no sub is there');
}
