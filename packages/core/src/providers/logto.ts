import type { TokenClaims } from '../model/principal.ts';
import { type Algorithm, DEFAULT_ALGORITHMS } from '../token/algorithms.ts';
import { has, scopeStringOf, soleAudienceOf, stringOf } from './internal/claim-readers.ts';
import {
  audienceProvider,
  issuerOptions,
  type OwnOptionNames,
  type ProviderOptions,
} from './internal/define-provider.ts';
import { openIdMetadata } from './internal/discovery-documents.ts';
import { checkIssuer } from './internal/issuer-url.ts';
import { classifyByJwtProfile, JWT_PROFILE_CLAIMS } from './internal/jwt-profile.ts';
import { ACCESS_TOKEN_TYPE } from './internal/type-policies.ts';
import type { AudienceProvider } from './provider.ts';

/** Options of {@link logto}. */
export type LogtoOptions = ProviderOptions & {
  /** The endpoint with `/oidc`: `https://acme.logto.app/oidc`. */
  readonly issuer: string;
};

const OPTIONS: OwnOptionNames<LogtoOptions> = {
  issuer: true,
};

/**
 * Logto: `logto('acme.logto.app')`, or the issuer `https://auth.acme.com/oidc`.
 *
 * - Provider: register the API resource; clients must ask for it (`resource`), or tokens are opaque.
 * - Rule: that of RFC 9068, on ids that Logto makes itself: `sub` is `client_id` and no claim of a
 *   person → client; they differ and no mark of a machine → user; else refused. A claim of yours
 *   (custom JWT) that names the other kind refuses too.
 * - Token exchange: a machine's token that another client exchanged would read as a user's. Allow the
 *   grant for users' tokens only.
 * - User id: `sub`. Authority: `scope`; tenant `organization_id`, or the organization that `aud` names
 *   (`urn:logto:organization:<id>`).
 * - Pitfall: keys on the curve P-384 sign with ES384, which is accepted here beside the usual ones.
 *
 * Per source as of September 2026:
 * https://github.com/logto-io/logto (packages/core/src/oidc)
 * https://docs.logto.io/authorization/validate-access-tokens
 *
 * @throws ConfigurationError for a bad issuer or bad key options.
 */
export function logto(target: string | LogtoOptions): AudienceProvider {
  const options = issuerOptions(
    'logto',
    isDomain(target) ? `https://${target}/oidc` : target,
    OPTIONS,
  );
  const issuer = checkIssuer('logto', options.issuer, {
    trailingSlash: 'forbidden',
    path: { pattern: /\/oidc$/, example: 'https://acme.logto.app/oidc' },
  });
  return audienceProvider(
    {
      preset: 'logto',
      issuer,
      keys: openIdMetadata(issuer),
      types: ACCESS_TOKEN_TYPE,
      requiredClaims: JWT_PROFILE_CLAIMS,
      algorithms: LOGTO_ALGORITHMS,
      classify: classifyByJwtProfile,
      authority: { scopes: (claims) => scopeStringOf(claims, 'scope'), tenant: tenantOf },
    },
    options,
  );
}

const LOGTO_ALGORITHMS: readonly Algorithm[] = Object.freeze([
  ...DEFAULT_ALGORITHMS,
  'ES384',
] as const);

const ORGANIZATION_PREFIX = 'urn:logto:organization:';

function isDomain(target: string | LogtoOptions): boolean {
  return typeof target === 'string' && !target.includes('://');
}

function tenantOf(claims: TokenClaims): string | undefined {
  if (has(claims, 'organization_id')) return stringOf(claims, 'organization_id');
  const audience = soleAudienceOf(claims);
  if (audience === undefined || !audience.startsWith(ORGANIZATION_PREFIX)) return undefined;
  const organization = audience.slice(ORGANIZATION_PREFIX.length);
  return organization === '' ? undefined : organization;
}
