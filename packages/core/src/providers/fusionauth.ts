import { ConfigurationError } from '../model/errors.ts';
import type { TokenClaims } from '../model/principal.ts';
import type { TokenHeader } from '../model/token-header.ts';
import { has, listOf, NONE, scopeStringOf, stringOf } from './internal/claim-readers.ts';
import { asClient, asUnknown, asUser } from './internal/classification.ts';
import {
  audienceProvider,
  issuerOptions,
  type OwnOptionNames,
  type ProviderOptions,
} from './internal/define-provider.ts';
import { keysAt } from './internal/discovery-documents.ts';
import { checkPreset, checkUrl } from './internal/issuer-url.ts';
import { namesClientCredentials } from './internal/kind-marks.ts';
import { PLAIN_TYPE } from './internal/type-policies.ts';
import type { AudienceProvider, Classification } from './provider.ts';

/** Options of {@link fusionauth}. */
export type FusionauthOptions = ProviderOptions & {
  /** The tenant's issuer: any text, `acme.com` by default, URL or not. */
  readonly issuer: string;
  /** Where FusionAuth is, when the issuer is not its URL. */
  readonly baseUrl?: string | undefined;
};

const OPTIONS: OwnOptionNames<FusionauthOptions> = {
  issuer: true,
  baseUrl: true,
};

/**
 * FusionAuth: `fusionauth({ issuer: 'acme.com', baseUrl: 'https://auth.acme.com' })`, or
 * `fusionauth('https://auth.acme.com')` when the tenant's issuer is that URL.
 *
 * - Provider: sign with RS256 or ES256, not with the default HS256; version 1.36 or later, whose
 *   `gty` lists the grants. For machines define entities with grants to your API's entity. **Users must be
 *   registered for the application**: without that the token has no `applicationId`.
 * - Rule: `gty` with `client_credentials`, and neither `applicationId` nor `authenticationType` →
 *   client; `gty` without it, and `applicationId` → user; else refused. `gty` is in the header before
 *   version 1.60, in the claims since; where it is in both, they must be the same. The documentation lists the
 *   grants; that a machine's token names its grant in this way is inferred from that list.
 * - User id: `sub`; client id: `applicationId`. A machine's token has no client id: `sub` is the
 *   entity's id, and stands for it.
 * - Audience: the application's id for users, the target entity's id for machines: list both.
 * - Authority: `scope` (machines: `target-entity:…`), `permissions`, `roles`; tenant `tid`.
 * - Refuses ID tokens, which have the same `typ`, key and `aud`, by `nonce`, `at_hash` and `c_hash`; and
 *   users without a registration, who have no `applicationId`. An ID token of a sign-in without `nonce` cannot
 *   be told from an access token: let your applications send a `nonce`, as OpenID Connect advises.
 * - Pitfall: lambdas can add claims of any name.
 *
 * Per documentation as of November 2026:
 * https://fusionauth.io/docs/lifecycle/authenticate-users/oauth/tokens
 *
 * @throws ConfigurationError for a bad issuer, a missing `baseUrl`, or bad key options.
 */
export function fusionauth(target: string | FusionauthOptions): AudienceProvider {
  const options: FusionauthOptions = issuerOptions('fusionauth', target, OPTIONS);
  const { issuer, baseUrl = isUrl(options.issuer) ? options.issuer : undefined } = options;
  if (typeof issuer !== 'string' || issuer === '') {
    throw new ConfigurationError(
      "fusionauth: issuer is missing; write fusionauth({ issuer: 'acme.com', baseUrl: 'https://auth.acme.com' })",
    );
  }
  checkPreset('fusionauth', issuer);
  return audienceProvider(
    {
      preset: 'fusionauth',
      issuer,
      keys: baseUrl === undefined ? undefined : keysAt(jwksUriOf(baseUrl)),
      types: PLAIN_TYPE,
      requiredClaims: ['aud', 'sub'],
      accepts: (claims) => !ID_TOKEN_CLAIMS.some((name) => has(claims, name)),
      classify,
      authority: {
        scopes: (claims) => scopeStringOf(claims, 'scope'),
        permissions: (claims) => listOf(claims, 'permissions'),
        roles: (claims) => listOf(claims, 'roles'),
        tenant: (claims) => stringOf(claims, 'tid'),
      },
    },
    options,
  );
}

function isUrl(issuer: unknown): boolean {
  return typeof issuer === 'string' && /^https?:\/\//.test(issuer);
}

function jwksUriOf(baseUrl: string): string {
  const base = checkUrl('fusionauth', 'baseUrl', baseUrl);
  return `${base.endsWith('/') ? base.slice(0, -1) : base}/.well-known/jwks.json`;
}

/** ID tokens have the type, key and audience of access tokens. */
const ID_TOKEN_CLAIMS = ['nonce', 'at_hash', 'c_hash'] as const;

const NO_GRANTS = asUnknown('gty does not list the grants, or header and claims list others');
const CONTRADICTION = asUnknown(
  'gty names client credentials, beside claims of an application login',
);
const NO_EVIDENCE = asUnknown(
  'no client credentials, and no applicationId: the user is not registered for the application',
);

function classify(claims: TokenClaims, header: TokenHeader): Classification {
  const grants = grantsOf(claims, header);
  if (grants.length === 0) return NO_GRANTS;
  if (namesClientCredentials(grants)) {
    return has(claims, 'applicationId') || has(claims, 'authenticationType')
      ? CONTRADICTION
      : asClient(stringOf(claims, 'sub'), 'gty names client credentials');
  }
  const application = stringOf(claims, 'applicationId');
  return application === undefined
    ? NO_EVIDENCE
    : asUser(
        stringOf(claims, 'sub'),
        application,
        'gty names a grant of a user, and the token an application',
      );
}

/** In the header before version 1.60, in the claims since. */
function grantsOf(claims: TokenClaims, header: TokenHeader): readonly string[] {
  if (!has(header, 'gty')) return listOf(claims, 'gty');
  const grants = listOf(header, 'gty');
  if (!has(claims, 'gty')) return grants;
  return listOf(claims, 'gty').join(' ') === grants.join(' ') ? grants : NONE;
}
