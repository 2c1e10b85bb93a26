import { ConfigurationError } from '../model/errors.ts';
import type { TokenClaims } from '../model/principal.ts';
import type { TokenHeader } from '../model/token-header.ts';
import { has, listOf, scopeStringOf, stringOf } from './internal/claim-readers.ts';
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
 *   header `gty` lists the grants. For machines define entities with grants to your API's entity.
 * - Rule: `gty` with `client_credentials`, and neither `applicationId` nor `authenticationType` →
 *   client; `gty` without it, and one of the two → user; else refused. That the header of a
 *   machine's token names the grant so is inferred from the documented list of grants.
 * - User id: `sub`; client id: `applicationId`. A machine's token has no client id: `sub` is the
 *   entity's id, and stands for it.
 * - Audience: the application's id for users, the target entity's id for machines: list both.
 * - Authority: `scope` (machines: `target-entity:…`), `permissions`, `roles`; tenant `tid`.
 * - Pitfall: lambdas can add claims of any name.
 *
 * Per documentation as of September 2026:
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

const NO_GRANTS = asUnknown('the header gty does not list the grants');
const CONTRADICTION = asUnknown(
  'gty names client credentials, beside claims of an application login',
);
const NO_EVIDENCE = asUnknown('neither client credentials nor claims of an application login');

function classify(claims: TokenClaims, header: TokenHeader): Classification {
  const grants = listOf(header, 'gty');
  if (grants.length === 0) return NO_GRANTS;
  const isLogin = has(claims, 'applicationId') || has(claims, 'authenticationType');
  if (namesClientCredentials(grants)) {
    return isLogin
      ? CONTRADICTION
      : asClient(stringOf(claims, 'sub'), 'gty names client credentials');
  }
  return isLogin
    ? asUser(
        stringOf(claims, 'sub'),
        stringOf(claims, 'applicationId'),
        'gty names a grant of a user, and the token an application login',
      )
    : NO_EVIDENCE;
}
