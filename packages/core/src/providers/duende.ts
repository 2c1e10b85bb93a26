import type { TokenClaims } from '../model/principal.ts';
import type { TokenHeader } from '../model/token-header.ts';
import { has, scopesOf, stringOf } from './internal/claim-readers.ts';
import { asClient, asUnknown, asUser } from './internal/classification.ts';
import {
  audienceProvider,
  issuerOptions,
  type OwnOptionNames,
  type ProviderOptions,
} from './internal/define-provider.ts';
import { openIdMetadata } from './internal/discovery-documents.ts';
import { checkIssuer } from './internal/issuer-url.ts';
import { hasClientMark, isOfAnotherProvider, statesUser } from './internal/kind-marks.ts';
import { ANY_TYPE } from './internal/type-policies.ts';
import type { AudienceProvider, Classification } from './provider.ts';

/** Options of {@link duende}. */
export type DuendeOptions = ProviderOptions & {
  /** `iss` of the tokens: the host's URL in lower case, without a slash at its end. */
  readonly issuer: string;
};

const OPTIONS: OwnOptionNames<DuendeOptions> = {
  issuer: true,
};

/**
 * Duende IdentityServer, and IdentityServer4: `duende('https://id.acme.com')`.
 *
 * - Provider: define API resources, so that tokens carry an `aud`. Leave `ClientClaimsPrefix` as it
 *   is (`client_`): without a prefix a client's claim named `sub` makes a machine look like a user.
 * - Rule, as the maintainers state it: with `sub` → user, without → client. Refused: `sub` equal to
 *   `client_id`, claims of a login without `sub`, and marks of a machine beside `sub`.
 * - User id: `sub`. Client id: `client_id`, which every access token has and ID tokens do not.
 * - Authority: `scope`, a list, or a string where that option is on.
 * - Pitfalls: `typ` is `at+jwt` unless configured otherwise, and `JWT` or none are accepted too.
 *   A token of impersonation by an extension grant does not show the actor.
 *
 * Per documentation and source as of September 2026:
 * https://docs.duendesoftware.com/identityserver/tokens/
 * https://github.com/DuendeSoftware/products (DefaultClaimsService.cs, DefaultTokenService.cs)
 *
 * @throws ConfigurationError for a bad issuer or bad key options.
 */
export function duende(target: string | DuendeOptions): AudienceProvider {
  const options = issuerOptions('duende', target, OPTIONS);
  const issuer = checkIssuer('duende', options.issuer);
  return audienceProvider(
    {
      preset: 'duende',
      issuer,
      keys: openIdMetadata(issuer),
      types: ANY_TYPE,
      requiredClaims: ['aud', 'client_id', 'scope'],
      classify,
      authority: { scopes: (claims) => scopesOf(claims, 'scope') },
      sidInAccessTokens: true,
    },
    options,
  );
}

const LOGIN_CLAIMS = ['auth_time', 'idp', 'amr', 'sid'] as const;

const NO_CLIENT = asUnknown('client_id is missing');
const LOGIN_WITHOUT_USER = asUnknown('claims of a login, or one that names a user, but no sub');
const CONTRADICTION = asUnknown('sub is there, and marks of a client or of another provider too');

function classify(claims: TokenClaims, header: TokenHeader): Classification {
  const clientId = stringOf(claims, 'client_id');
  if (clientId === undefined) return NO_CLIENT;
  if (!has(claims, 'sub')) {
    return LOGIN_CLAIMS.some((name) => has(claims, name)) || statesUser(claims, header)
      ? LOGIN_WITHOUT_USER
      : asClient(clientId, 'no sub');
  }
  return hasClientMark(claims, header) || isOfAnotherProvider(claims)
    ? CONTRADICTION
    : asUser(stringOf(claims, 'sub'), clientId, 'sub, and no mark of a client');
}
