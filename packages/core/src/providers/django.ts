import type { TokenClaims } from '../model/principal.ts';
import { has, scopeStringOf, stringOf } from './internal/claim-readers.ts';
import { asClient, asUnknown, asUser } from './internal/classification.ts';
import {
  audienceProvider,
  issuerOptions,
  type OwnOptionNames,
  type ProviderOptions,
} from './internal/define-provider.ts';
import { anyMetadata } from './internal/discovery-documents.ts';
import { checkIssuer } from './internal/issuer-url.ts';
import { hasUserMark } from './internal/kind-marks.ts';
import { PLAIN_TYPE } from './internal/type-policies.ts';
import type { AudienceProvider, Classification } from './provider.ts';

/** Options of {@link django}. */
export type DjangoOptions = ProviderOptions & {
  /** `OIDC_ISS_ENDPOINT`, or where the URLs of the toolkit begin: `https://auth.acme.com/o`. */
  readonly issuer: string;
};

const OPTIONS: OwnOptionNames<DjangoOptions> = {
  issuer: true,
};

/**
 * Django OAuth Toolkit, by introspection alone: `django('https://auth.acme.com/o')`, with
 * `introspection: { client: … }`.
 *
 * - Provider: its access tokens are opaque. A generator of the toolkit can sign JWTs, but these hold scopes and
 *   times and name nobody, and its refresh tokens look the same: **every JWT is refused**. `aud` is in the
 *   answer where the client asked with `resource`; otherwise you need `audience: 'trusted'`.
 * - Credentials: a question with `clientSecretBasic` costs the server a password hash, seconds of CPU;
 *   `bearerToken()`, with a token of the scope `introspection`, is much cheaper. A wrong secret is a 403 in
 *   HTML.
 * - Rule: `username`, which the server writes for every token of a person → user; none → client.
 * - User id: `username`, the only one that an answer has. **People can change it, and it can be given to
 *   somebody else**: `principal.key` follows it. Client id: `client_id`. Authority: `scope`.
 * - The server says `active: true` of access tokens only. It never signs answers.
 *
 * Per source, and answers of version 3.4, as of November 2026:
 * https://github.com/django-oauth/django-oauth-toolkit (oauth2_provider/views/introspect.py)
 *
 * @throws ConfigurationError for a bad issuer or bad key options.
 */
export function django(target: string | DjangoOptions): AudienceProvider {
  const options = issuerOptions('django', target, OPTIONS);
  const issuer = checkIssuer('django', options.issuer);
  return audienceProvider(
    {
      preset: 'django',
      issuer,
      keys: anyMetadata(issuer),
      types: PLAIN_TYPE,
      requiredClaims: [],
      classify: () => NAMES_NOBODY,
      authority: { scopes: (claims) => scopeStringOf(claims, 'scope') },
      introspected: {
        requiredMembers: Object.freeze(['client_id', 'scope']),
        accepts: () => true,
        classify: classifyAnswer,
        signsAnswers: false,
      },
    },
    options,
  );
}

const NAMES_NOBODY = asUnknown(
  'its JWTs do not name the caller, so only introspection says who is calling',
);
const USER_CLAIMS = asUnknown('no username is there, but claims of a user are');

function classifyAnswer(answer: TokenClaims): Classification {
  const clientId = stringOf(answer, 'client_id');
  if (has(answer, 'username')) {
    return asUser(stringOf(answer, 'username'), clientId, 'username is there');
  }
  return hasUserMark(answer) ? USER_CLAIMS : asClient(clientId, 'no username is there');
}
