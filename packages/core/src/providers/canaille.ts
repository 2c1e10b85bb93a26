import type { TokenClaims } from '../model/principal.ts';
import { claimOf, has, scopeStringOf, stringOf } from './internal/claim-readers.ts';
import { asClient, asUnknown, asUser } from './internal/classification.ts';
import {
  audienceProvider,
  issuerOptions,
  type OwnOptionNames,
  type ProviderOptions,
} from './internal/define-provider.ts';
import { openIdMetadata } from './internal/discovery-documents.ts';
import { isAboutAccessToken } from './internal/introspected-marks.ts';
import { checkIssuer } from './internal/issuer-url.ts';
import { hasUserMark } from './internal/kind-marks.ts';
import { PLAIN_TYPE } from './internal/type-policies.ts';
import type { AudienceProvider, Classification } from './provider.ts';

/** Options of {@link canaille}. */
export type CanailleOptions = ProviderOptions & {
  /** `iss` of its tokens: `https://auth.acme.com`. */
  readonly issuer: string;
};

const OPTIONS: OwnOptionNames<CanailleOptions> = {
  issuer: true,
};

/**
 * Canaille, by introspection alone: `canaille('https://auth.acme.com')`, with `introspection: { client: … }`.
 *
 * - Provider: its machines' tokens are opaque. Tokens of its users are JWTs that name no client, and that
 *   differ from ID tokens only in claims which an ID token may lack too: **every JWT is refused** where `jwts`
 *   is `'local'`; ask about them by `jwts: 'answer'`. Only clients in the token's `aud` get an answer: add the
 *   API's client to the audiences of each client, and take its id for your `audience`.
 * - Rule: `sub` and `username` → user; neither → client; one of them alone is refused.
 * - User id: `sub`, the login name. `username` is a display name. Client id: `client_id`. Authority: `scope`.
 * - **A live refresh token is answered field for field like an access token**, unless the question says
 *   `token_type_hint=access_token`. This kit always says it; an `ask` of your own must, too.
 * - Tokens live ten days by default. Its keys sign with RS512.
 *
 * Per source, and answers of version 0.3, as of November 2026:
 * https://gitlab.com/yaal/canaille (canaille/oidc)
 *
 * @throws ConfigurationError for a bad issuer or bad key options.
 */
export function canaille(target: string | CanailleOptions): AudienceProvider {
  const options = issuerOptions('canaille', target, OPTIONS);
  const issuer = checkIssuer('canaille', options.issuer);
  return audienceProvider(
    {
      preset: 'canaille',
      issuer,
      keys: openIdMetadata(issuer),
      types: PLAIN_TYPE,
      requiredClaims: [],
      algorithms: CANAILLE_ALGORITHMS,
      classify: () => LIKE_ID_TOKEN,
      authority: { scopes: (claims) => scopeStringOf(claims, 'scope') },
      introspected: {
        requiredMembers: Object.freeze(['client_id']),
        accepts: (answer) =>
          claimOf(answer, 'token_type') === 'Bearer' && isAboutAccessToken(answer),
        classify: classifyAnswer,
        signsAnswers: false,
      },
    },
    options,
  );
}

const CANAILLE_ALGORITHMS = Object.freeze(['RS256', 'RS512'] as const);

const LIKE_ID_TOKEN = asUnknown(
  'its JWTs cannot be told from ID tokens, so only introspection says who is calling',
);
const HALF_A_USER = asUnknown('sub or username is there, and the other is not');
const USER_CLAIMS = asUnknown('no sub is there, but claims of a user are');

function classifyAnswer(answer: TokenClaims): Classification {
  const clientId = stringOf(answer, 'client_id');
  if (has(answer, 'sub') !== has(answer, 'username')) return HALF_A_USER;
  if (has(answer, 'sub')) {
    return asUser(stringOf(answer, 'sub'), clientId, 'sub and username are there');
  }
  return hasUserMark(answer)
    ? USER_CLAIMS
    : asClient(clientId, 'neither sub nor username is there');
}
