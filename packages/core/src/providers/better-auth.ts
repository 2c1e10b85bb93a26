import { ConfigurationError } from '../model/errors.ts';
import type { TokenClaims } from '../model/principal.ts';
import type { TokenHeader } from '../model/token-header.ts';
import { type Algorithm, DEFAULT_ALGORITHMS } from '../token/algorithms.ts';
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

/** Options of {@link betterAuth}. */
export type BetterAuthOptions = ProviderOptions & {
  /** `baseURL` with its path: `https://acme.com/api/auth`; or `jwt.issuer`, where that is set. */
  readonly issuer: string;
  /**
   * For introspection alone. `'cascade'` is your statement that your database deletes a user's tokens with the
   * user. Otherwise an answer without `sub` is refused: it may be about a machine, or about a user who is
   * no longer there.
   */
  readonly deletedUsers?: 'cascade' | undefined;
};

const OPTIONS: OwnOptionNames<BetterAuthOptions> = {
  issuer: true,
  deletedUsers: true,
};

/**
 * Better Auth with `@better-auth/oauth-provider`: `betterAuth('https://acme.com/api/auth')`.
 *
 * - Provider: clients must ask for your API with `resource`; without it tokens are opaque. Its keys may be
 *   of the curve P-521: ES512 is accepted here beside the usual algorithms.
 * - Rule: that of RFC 9068, on ids that Better Auth makes itself, 32 random characters each: `sub` is
 *   `client_id` and no claim of a person → client; they differ and no mark of a machine → user; else
 *   refused. `azp` must be `client_id`. Neither people nor clients choose their ids, and no custom claim
 *   replaces one. The rule depends on that: a `generateClientId` or `advanced.database.generateId` of your own
 *   must never give one id to a user and to a client.
 * - `sid` is no mark of a user: tokens by the device grant have none.
 * - User id: `sub`. Client id: `client_id`. Authority: `scope`; read claims of your own by `claim()`.
 * - Refuses ID tokens, which have another `typ`.
 * - Introspection: the same rule where there is a `sub`. Opaque tokens of machines have none, and so have
 *   those of users who were deleted: see `deletedUsers`. The server answers about an access token to the
 *   clients that are linked to its resource. About a refresh token it answers to the client that owns it, as if
 *   it were an access token: so let the API's client get no tokens.
 *
 * Per source, and tokens of version 1.7, as of November 2026:
 * https://github.com/better-auth/better-auth (packages/oauth-provider)
 * https://www.better-auth.com/docs/plugins/oauth-provider
 *
 * @throws ConfigurationError for a bad issuer, another `deletedUsers`, or bad key options.
 */
export function betterAuth(target: string | BetterAuthOptions): AudienceProvider {
  const options: BetterAuthOptions = issuerOptions('betterAuth', target, OPTIONS);
  const issuer = checkIssuer('betterAuth', options.issuer, { trailingSlash: 'forbidden' });
  const { deletedUsers } = options;
  if (deletedUsers !== undefined && deletedUsers !== 'cascade') {
    throw new ConfigurationError(
      "betterAuth: deletedUsers can only be 'cascade', which says that your database deletes a user's tokens with the user; write deletedUsers: 'cascade', or leave it out",
    );
  }
  return audienceProvider(
    {
      preset: 'betterAuth',
      issuer,
      keys: anyMetadata(issuer),
      types: ACCESS_TOKEN_TYPE,
      requiredClaims: [...JWT_PROFILE_CLAIMS, 'azp'],
      algorithms: BETTER_AUTH_ALGORITHMS,
      classify,
      authority: { scopes: (claims) => scopeStringOf(claims, 'scope') },
      introspected: {
        requiredMembers: Object.freeze(['iss', 'client_id', 'azp']),
        accepts: isAboutAccessToken,
        classify: (answer) => classifyAnswer(answer, deletedUsers),
        signsAnswers: false,
      },
    },
    options,
  );
}

const BETTER_AUTH_ALGORITHMS: readonly Algorithm[] = Object.freeze([
  ...DEFAULT_ALGORITHMS,
  'ES512',
] as const);

const OTHER_PARTY = asUnknown('azp is not client_id, which the server writes into both');
const NOBODY = asUnknown('no sub is there: a machine, or a user who was deleted');
const USER_CLAIMS = asUnknown('no sub is there, but claims of a user are');

const NO_HEADER: TokenHeader = Object.freeze({});

function classify(claims: TokenClaims, header: TokenHeader): Classification {
  return stringOf(claims, 'azp') === stringOf(claims, 'client_id')
    ? classifyByJwtProfile(claims, header)
    : OTHER_PARTY;
}

function classifyAnswer(
  answer: TokenClaims,
  deletedUsers: BetterAuthOptions['deletedUsers'],
): Classification {
  if (has(answer, 'sub')) return classify(answer, NO_HEADER);
  const clientId = stringOf(answer, 'client_id');
  if (stringOf(answer, 'azp') !== clientId) return OTHER_PARTY;
  if (hasUserMark(answer)) return USER_CLAIMS;
  return deletedUsers === 'cascade' ? asClient(clientId, 'no sub is there') : NOBODY;
}
