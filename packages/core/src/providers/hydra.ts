import type { TokenClaims } from '../model/principal.ts';
import { has, scopeListOf, scopeStringOf } from './internal/claim-readers.ts';
import {
  audienceProvider,
  issuerOptions,
  type OwnOptionNames,
  type ProviderOptions,
} from './internal/define-provider.ts';
import { openIdMetadata } from './internal/discovery-documents.ts';
import { checkIssuer } from './internal/issuer-url.ts';
import { classifyByJwtProfile } from './internal/jwt-profile.ts';
import { PLAIN_TYPE } from './internal/type-policies.ts';
import type { AudienceProvider } from './provider.ts';

/** Options of {@link hydra}. */
export type HydraOptions = ProviderOptions & { readonly issuer: string };

const OPTIONS: OwnOptionNames<HydraOptions> = {
  issuer: true,
};

/**
 * Ory Hydra and Ory Network: `hydra('https://acme.projects.oryapis.com')`.
 *
 * - Provider: `strategies.access_token: jwt` (opaque is the default). Clients must ask for your API's
 *   `audience`: otherwise `aud` is an empty list, and the token is refused.
 * - Rule: `sub` is `client_id` and no claim of a person → client; they differ and no mark of a
 *   machine → user; else refused. Both claims are reserved: no session claim replaces them.
 * - User id: `sub`, as your login app chose it. **Keep it from choosing a client's id.**
 * - Authority: `scp` list, or `scope` string where `scope_claim` says so; the two are never merged.
 * - Pitfall: custom claims stand under `ext`; those promoted to the top level are there twice.
 *
 * Per documentation and source as of September 2026:
 * https://www.ory.com/docs/oauth2-oidc/jwt-access-token
 * https://github.com/ory/hydra (oauth2/session.go, oauth2/handler.go)
 *
 * @throws ConfigurationError for a bad issuer or bad key options.
 */
export function hydra(target: string | HydraOptions): AudienceProvider {
  const options = issuerOptions('hydra', target, OPTIONS);
  const issuer = checkIssuer('hydra', options.issuer);
  return audienceProvider(
    {
      preset: 'hydra',
      issuer,
      keys: openIdMetadata(issuer),
      types: PLAIN_TYPE,
      requiredClaims: ['aud', 'sub', 'client_id', 'jti'],
      // Hydra writes the granted scopes even when there are none; ZITADEL, for one, does not.
      accepts: (claims) => has(claims, 'scp') || has(claims, 'scope'),
      classify: classifyByJwtProfile,
      authority: { scopes: scopesOf },
    },
    options,
  );
}

function scopesOf(claims: TokenClaims): readonly string[] | undefined {
  return has(claims, 'scp') ? scopeListOf(claims, 'scp') : scopeStringOf(claims, 'scope');
}
