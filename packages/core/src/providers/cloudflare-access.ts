import type { TokenClaims } from '../model/principal.ts';
import { claimOf, has, noScopes, stringOf } from './internal/claim-readers.ts';
import { asClient, asUnknown, asUser } from './internal/classification.ts';
import {
  audienceProvider,
  issuerOptions,
  type OwnOptionNames,
  type ProviderOptions,
} from './internal/define-provider.ts';
import { keysAt } from './internal/discovery-documents.ts';
import { checkIssuer } from './internal/issuer-url.ts';
import { PLAIN_OR_NO_TYPE } from './internal/type-policies.ts';
import type { AudienceProvider, Classification } from './provider.ts';

/** Options of {@link cloudflareAccess}. */
export type CloudflareAccessOptions = ProviderOptions & {
  /** `https://<team>.cloudflareaccess.com`, without a slash at its end. */
  readonly issuer: string;
};

const OPTIONS: OwnOptionNames<CloudflareAccessOptions> = {
  issuer: true,
};

/**
 * Cloudflare Access, a front door: `cloudflareAccess('https://acme.cloudflareaccess.com')`.
 *
 * - It sends its own signed statement in a special header. Read only that header:
 *   `authenticate(…, { credentials: fromHeader('cf-access-jwt-assertion') })`.
 * - Provider: `audience` is the application's AUD tag (Access, Applications, Overview).
 * - Rule: `type` is `app`. `sub` and `email`, and no `common_name` → user. An empty `sub`, and the client id of
 *   a service token (`….access`) as `common_name` → client; else refused, also callers that Access let in by
 *   a client certificate or a rule without identity.
 * - User id: `sub`. A person who was removed and added again has another `sub`. Client id: `common_name`.
 *   No scopes, no tenant.
 * - Refuses the team's session token (`type: org`), and the token that anybody can get about an
 *   application (`type: match`), which also has the AUD tag as `aud`.
 * - Does not check: which policy let the caller in, nor groups. Ask by `claim('email')` or leave that to Access.
 *
 * Per documentation, and the source of the client that reads them, as of November 2026:
 * https://developers.cloudflare.com/cloudflare-one/access-controls/applications/http-apps/authorization-cookie/application-token/
 * https://github.com/cloudflare/cloudflared (token/token.go)
 *
 * @throws ConfigurationError for a bad issuer or bad key options.
 */
export function cloudflareAccess(target: string | CloudflareAccessOptions): AudienceProvider {
  const options = issuerOptions('cloudflareAccess', target, OPTIONS);
  const issuer = checkIssuer('cloudflareAccess', options.issuer, {
    trailingSlash: 'forbidden',
    path: { pattern: /^\/$/, example: 'https://acme.cloudflareaccess.com' },
  });
  return audienceProvider(
    {
      preset: 'cloudflareAccess',
      issuer,
      keys: keysAt(`${issuer}/cdn-cgi/access/certs`),
      types: PLAIN_OR_NO_TYPE,
      // `sub` is not required, since it is an empty text in tokens of services, and a required claim must not be empty.
      requiredClaims: ['aud', 'iat', 'type'],
      accepts: (claims) => claimOf(claims, 'type') === 'app',
      classify,
      authority: { scopes: noScopes },
    },
    options,
  );
}

/** The client id of a service token. A client certificate's name may be anything. */
const SERVICE_TOKEN = /^[\da-f]{32}\.access$/;

const BOTH = asUnknown('common_name is there, and sub or claims of a person are');
const NO_SERVICE_TOKEN = asUnknown('common_name is not the client id of a service token');
const NOBODY = asUnknown('neither a person nor a service token: email is missing');

function classify(claims: TokenClaims): Classification {
  if (has(claims, 'common_name')) {
    const isPerson = ['email', 'identity_nonce'].some((name) => has(claims, name));
    if (claimOf(claims, 'sub') !== '' || isPerson) return BOTH;
    const clientId = stringOf(claims, 'common_name') ?? '';
    return SERVICE_TOKEN.test(clientId)
      ? asClient(clientId, 'sub is empty, and common_name is a service token')
      : NO_SERVICE_TOKEN;
  }
  return stringOf(claims, 'email') === undefined
    ? NOBODY
    : asUser(stringOf(claims, 'sub'), undefined, 'sub and email are those of a person');
}
