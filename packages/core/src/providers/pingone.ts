import type { TokenClaims } from '../model/principal.ts';
import type { TokenHeader } from '../model/token-header.ts';
import { claimOf, has, listOf, scopeStringOf, stringOf } from './internal/claim-readers.ts';
import { asClient, asUnknown, asUser } from './internal/classification.ts';
import {
  audienceProvider,
  issuerOptions,
  type OwnOptionNames,
  type ProviderOptions,
} from './internal/define-provider.ts';
import { openIdMetadata } from './internal/discovery-documents.ts';
import { checkIssuer } from './internal/issuer-url.ts';
import { hasClientMark, statesUser } from './internal/kind-marks.ts';
import { policy } from './internal/type-policies.ts';
import type { AudienceProvider, Classification } from './provider.ts';

/** Options of {@link pingone}. */
export type PingoneOptions = ProviderOptions & {
  /** `https://auth.pingone.<region>/<environment id>/as`, or `https://<custom domain>/as`. */
  readonly issuer: string;
};

const OPTIONS: OwnOptionNames<PingoneOptions> = {
  issuer: true,
};

/**
 * PingOne: `pingone('https://auth.pingone.eu/<environment id>/as')`.
 *
 * - Provider: define a custom resource for your API, with its audience. Do **not** map `sub`,
 *   `auth_time`, `acr` or `sid` on it for machines: a token without them is a machine's.
 * - Rule: `auth_time`, `sid` or `acr`, and `sub` → user; none of the four → client; else refused.
 *   They are documented as absent from tokens of client credentials.
 * - User id: `sub`. Client id: `client_id`. Authority: `scope`, `p1.permissions`.
 * - Pitfalls: a mapped `act` may be a string, and is then no actor; whether a customer can map
 *   `auth_time` or `acr` for machines is not documented; with a custom domain the issuer changes.
 *
 * Per documentation as of September 2026:
 * https://developer.pingidentity.com/pingone-api/foundations/authentication-concepts/access-tokens-and-id-tokens/token-claims.html
 * https://docs.pingidentity.com/pingone/applications/p1_customize_access_token.html
 *
 * @throws ConfigurationError for a bad issuer or bad key options.
 */
export function pingone(target: string | PingoneOptions): AudienceProvider {
  const options = issuerOptions('pingone', target, OPTIONS);
  const issuer = checkIssuer('pingone', options.issuer, {
    trailingSlash: 'forbidden',
    path: { pattern: /\/as$/, example: 'https://auth.pingone.eu/<environment id>/as' },
  });
  return audienceProvider(
    {
      preset: 'pingone',
      issuer,
      keys: openIdMetadata(issuer),
      types: PINGONE_TYPE,
      requiredClaims: ['aud', 'client_id'],
      classify,
      authority: {
        scopes: (claims) => scopeStringOf(claims, 'scope'),
        permissions: (claims) => listOf(claims, 'p1.permissions'),
      },
      sidInAccessTokens: true,
    },
    options,
  );
}

/** `typ` is optional until 2 March 2027, and `at+jwt` ever since. */
const PINGONE_TYPE = policy(['at+jwt'], true);

const NO_CLIENT = asUnknown('client_id is missing');
const MALFORMED = asUnknown('auth_time, sid or acr is of another type than documented');
const CONTRADICTION = asUnknown(
  'sub without a login, a login without sub, or marks of the other kind',
);

function classify(claims: TokenClaims, header: TokenHeader): Classification {
  const clientId = stringOf(claims, 'client_id');
  if (clientId === undefined) return NO_CLIENT;
  const isLogin = has(claims, 'auth_time') || has(claims, 'sid') || has(claims, 'acr');
  if (!isLogin) {
    return has(claims, 'sub') || statesUser(claims, header)
      ? CONTRADICTION
      : asClient(clientId, 'no sub, auth_time, sid or acr');
  }
  if (!isWellTyped(claims)) return MALFORMED;
  return has(claims, 'sub') && !hasClientMark(claims, header)
    ? asUser(stringOf(claims, 'sub'), clientId, 'sub, and auth_time, sid or acr')
    : CONTRADICTION;
}

function isWellTyped(claims: TokenClaims): boolean {
  const time = claimOf(claims, 'auth_time');
  return (
    (time === undefined || typeof time === 'number') &&
    (!has(claims, 'sid') || stringOf(claims, 'sid') !== undefined) &&
    (!has(claims, 'acr') || stringOf(claims, 'acr') !== undefined)
  );
}
