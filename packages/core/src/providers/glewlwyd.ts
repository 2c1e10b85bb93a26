import type { TokenClaims } from '../model/principal.ts';
import { claimOf, has, scopeStringOf, stringOf } from './internal/claim-readers.ts';
import { asClient, asUnknown, asUser } from './internal/classification.ts';
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
import { hasClientMark, hasUserMark } from './internal/kind-marks.ts';
import { ACCESS_TOKEN_TYPE } from './internal/type-policies.ts';
import type { AudienceProvider, Classification } from './provider.ts';

/** Options of {@link glewlwyd}. */
export type GlewlwydOptions = ProviderOptions & {
  /** The plugin's parameter `iss`, exactly: `https://auth.acme.com/api/oidc`. */
  readonly issuer: string;
};

const OPTIONS: OwnOptionNames<GlewlwydOptions> = {
  issuer: true,
};

/**
 * Glewlwyd 2, plugin `oidc`: `glewlwyd('https://auth.acme.com/api/oidc')`.
 *
 * - Provider: set the plugin's `iss` to `https://<host>/api/<plugin>`, where its metadata is, or give
 *   `jwksUri`. Clients must ask for your API with `resource`: without it, and by the password grant, `aud` is
 *   the list of scopes, and the token is refused. Keys must be RSA, P-256 or Ed25519.
 * - Rule: `type` is `access_token`; then that of RFC 9068: `sub` is `client_id` and no claim of a person →
 *   client; they differ and no mark of a machine → user; else refused. A user's `sub` is made by the server
 *   for each person and plugin, 32 random characters, and never the name. Additional parameters cannot
 *   replace `sub` or `client_id`.
 * - User id: `sub`. Client id: `client_id`. Authority: `scope`.
 * - Refuses ID tokens, which have another `typ`, and tokens of the older plugin `oauth2-glewlwyd`, which name
 *   neither issuer nor API.
 * - Introspection: `sub` and `username` → user; neither → client; one of them alone is refused. Ask with
 *   `clientSecretPost`: asked with the secret in the header, the server calls all tokens but the asker's own
 *   inactive. It keeps no `client_id` of a machine that authenticated otherwise than by the header: such
 *   answers are refused. Answers name no issuer. Its signed answers name the token's audience in `aud` and not the client that asks:
 *   `signed: true` is a `ConfigurationError`.
 *
 * Per source, and tokens of version 2.7.5, as of November 2026:
 * https://github.com/babelouest/glewlwyd (src/plugin/protocol_oidc.c, docs/OIDC.md)
 *
 * @throws ConfigurationError for a bad issuer or bad key options.
 */
export function glewlwyd(target: string | GlewlwydOptions): AudienceProvider {
  const options = issuerOptions('glewlwyd', target, OPTIONS);
  const issuer = checkIssuer('glewlwyd', options.issuer);
  return audienceProvider(
    {
      preset: 'glewlwyd',
      issuer,
      keys: anyMetadata(issuer),
      types: ACCESS_TOKEN_TYPE,
      requiredClaims: [...JWT_PROFILE_CLAIMS, 'type'],
      accepts: (claims) => claimOf(claims, 'type') === 'access_token',
      classify: classifyByJwtProfile,
      authority: { scopes: (claims) => scopeStringOf(claims, 'scope') },
      introspected: {
        requiredMembers: Object.freeze(['client_id', 'jti']),
        accepts: isAboutAccessToken,
        classify: classifyAnswer,
        signsAnswers: false,
      },
    },
    options,
  );
}

const HALF_A_USER = asUnknown('sub is there, and username is not');
const USER_CLAIMS = asUnknown('no sub is there, but claims of a user are');
const CLIENT_CLAIMS = asUnknown('sub and username are there, but marks of a client are, too');

function classifyAnswer(answer: TokenClaims): Classification {
  const clientId = stringOf(answer, 'client_id');
  const subject = stringOf(answer, 'sub');
  if (!has(answer, 'sub')) {
    return hasUserMark(answer)
      ? USER_CLAIMS
      : asClient(clientId, 'neither sub nor username is there');
  }
  if (stringOf(answer, 'username') === undefined) return HALF_A_USER;
  return hasClientMark(answer, {})
    ? CLIENT_CLAIMS
    : asUser(subject, clientId, 'sub and username are there');
}
