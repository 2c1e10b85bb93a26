import type { TokenClaims } from '../model/principal.ts';
import {
  claimOf,
  has,
  listOf,
  scopeListOf,
  scopeStringOf,
  stringOf,
} from './internal/claim-readers.ts';
import { asClient, asUnknown, asUser } from './internal/classification.ts';
import {
  audienceProvider,
  issuerOptions,
  type OwnOptionNames,
  type ProviderOptions,
} from './internal/define-provider.ts';
import { keysAt } from './internal/discovery-documents.ts';
import { checkIssuer } from './internal/issuer-url.ts';
import { namesClientCredentials } from './internal/kind-marks.ts';
import { PLAIN_OR_NO_TYPE } from './internal/type-policies.ts';
import type { AudienceProvider, Classification } from './provider.ts';

/** Options of {@link kinde}. */
export type KindeOptions = ProviderOptions & {
  /** `https://acme.kinde.com`, or the custom domain; without a slash at its end. */
  readonly issuer: string;
};

const OPTIONS: OwnOptionNames<KindeOptions> = {
  issuer: true,
};

/**
 * Kinde: `kinde('https://acme.kinde.com')`.
 *
 * - Provider: register the API, and let applications ask for its audience: otherwise `aud` is an
 *   empty list, and the token is refused.
 * - Rule: `gty` with `client_credentials`, and no `sub` → client; `sub` of the form `kp_…`, the list
 *   `scp`, and no such `gty` → user; else refused. `sub` cannot be overridden.
 * - Refuses ID tokens, which an `audience` that is a client's id would let in: they have no `scp`, and
 *   carry `at_hash` or `nonce`.
 * - User id: `sub`. Client id: `azp`.
 * - Authority: users' `scp` list; machines' `scope` only: that is what was **granted**, while their `scp` is
 *   what was asked for; `permissions`; tenant `org_code`.
 *
 * Per documentation as of November 2026:
 * https://docs.kinde.com/build/tokens/about-access-tokens/
 * https://docs.kinde.com/machine-to-machine-applications/about-m2m/token-structure-and-claims-for-m2m-applications/
 *
 * @throws ConfigurationError for a bad issuer or bad key options.
 */
export function kinde(target: string | KindeOptions): AudienceProvider {
  const options = issuerOptions('kinde', target, OPTIONS);
  const issuer = checkIssuer('kinde', options.issuer, {
    trailingSlash: 'forbidden',
    path: { pattern: /^\/$/, example: 'https://acme.kinde.com' },
  });
  return audienceProvider(
    {
      preset: 'kinde',
      issuer,
      keys: keysAt(`${issuer}/.well-known/jwks`),
      types: PLAIN_OR_NO_TYPE,
      requiredClaims: ['aud', 'azp'],
      accepts: (claims) => !has(claims, 'at_hash') && !has(claims, 'nonce'),
      classify,
      authority: {
        scopes: scopesOf,
        permissions: (claims) => listOf(claims, 'permissions'),
        tenant: (claims) => stringOf(claims, 'org_code'),
      },
    },
    options,
  );
}

const CONTRADICTION = asUnknown('gty names client credentials, and sub is there');
const NO_SCOPES = asUnknown('no client credentials, and no scp, which access tokens of users have');
const NO_EVIDENCE = asUnknown('neither client credentials nor the subject of a user');

function classify(claims: TokenClaims): Classification {
  const clientId = stringOf(claims, 'azp');
  if (namesClientCredentials(claimOf(claims, 'gty'))) {
    if (has(claims, 'sub')) return CONTRADICTION;
    return isClientCredentials(claims)
      ? asClient(clientId, 'gty names client credentials, and no sub')
      : NO_EVIDENCE;
  }
  const subject = stringOf(claims, 'sub');
  if (!has(claims, 'scp')) return NO_SCOPES;
  return subject?.startsWith('kp_') || subject?.startsWith('kp:')
    ? asUser(subject, clientId, 'sub is the subject of a user')
    : NO_EVIDENCE;
}

/** Whether `gty`, a list as documented, names client credentials. A value of another type is no evidence. */
function isClientCredentials(claims: TokenClaims): boolean {
  return listOf(claims, 'gty').includes('client_credentials');
}

function scopesOf(claims: TokenClaims): readonly string[] | undefined {
  return namesClientCredentials(claimOf(claims, 'gty'))
    ? scopeStringOf(claims, 'scope')
    : scopeListOf(claims, 'scp');
}
