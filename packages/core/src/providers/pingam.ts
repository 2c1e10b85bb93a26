import type { TokenClaims } from '../model/principal.ts';
import type { TokenHeader } from '../model/token-header.ts';
import { clientIdOf, has, scopesOf, soleAudienceOf, stringOf } from './internal/claim-readers.ts';
import { asClient, asUnknown, asUser } from './internal/classification.ts';
import {
  audienceProvider,
  issuerOptions,
  type OwnOptionNames,
  type ProviderOptions,
} from './internal/define-provider.ts';
import { openIdMetadata } from './internal/discovery-documents.ts';
import { checkIssuer } from './internal/issuer-url.ts';
import { statesClient, statesUser } from './internal/kind-marks.ts';
import { PLAIN_OR_ACCESS_TOKEN_TYPE } from './internal/type-policies.ts';
import type { AudienceProvider, Classification } from './provider.ts';

/** Options of {@link pingam}. */
export type PingamOptions = ProviderOptions & {
  /** `https://am.acme.com/am/oauth2/realms/root/realms/acme`: exactly as in `iss`, with its port. */
  readonly issuer: string;
};

const OPTIONS: OwnOptionNames<PingamOptions> = {
  issuer: true,
};

/**
 * PingAM, formerly ForgeRock AM, and Advanced Identity Cloud:
 * `pingam('https://am.acme.com/am/oauth2/realms/root/realms/acme')`.
 *
 * - Provider: use client-side (JWT) access tokens, signed with an asymmetric key and not encrypted.
 * - Rule: `sub` of the form `(usr!name)` → user; `(age!client)` → client; else refused, also the plain `sub` of
 *   older settings.
 * - User id: the whole `sub`. Client id: what stands in a machine's `sub`; for users `client_id`, else
 *   `azp`, else the only `aud`, which is the client by default.
 * - Authority: `scope`, a list or a string; tenant `realm`.
 * - Pitfalls: by default `aud` is the client's id: set your API's audience, or list the clients as
 *   `audience`. Documented are only the forms of `sub`; the other facts are from published samples.
 * - Checks `tokenName`, where there is one: `access_token`.
 *
 * Per documentation as of September 2026:
 * https://docs.pingidentity.com/pingam/8/am-oidc1/rest-api-oidc-userinfo-endpoint.html
 *
 * @throws ConfigurationError for a bad issuer or bad key options.
 */
export function pingam(target: string | PingamOptions): AudienceProvider {
  const options = issuerOptions('pingam', target, OPTIONS);
  const issuer = checkIssuer('pingam', options.issuer, {
    trailingSlash: 'forbidden',
    path: {
      pattern: /\/oauth2(?:\/|$)/,
      example: 'https://am.acme.com/am/oauth2/realms/root/realms/acme',
    },
  });
  return audienceProvider(
    {
      preset: 'pingam',
      issuer,
      keys: openIdMetadata(issuer),
      types: PLAIN_OR_ACCESS_TOKEN_TYPE,
      requiredClaims: ['aud', 'sub'],
      accepts: (claims) => !has(claims, 'tokenName') || claims['tokenName'] === 'access_token',
      classify,
      authority: {
        scopes: (claims) => scopesOf(claims, 'scope'),
        tenant: (claims) => stringOf(claims, 'realm'),
      },
    },
    options,
  );
}

const NO_EVIDENCE = asUnknown('sub is neither of the form (usr!name) nor (age!client)');
const CONTRADICTION = asUnknown('sub is of one kind, but grant_type or another claim of the other');

function classify(claims: TokenClaims, header: TokenHeader): Classification {
  const subject = stringOf(claims, 'sub');
  const clientId = nameIn(subject, '(age!');
  if (clientId !== undefined) {
    return statesUser(claims, header)
      ? CONTRADICTION
      : asClient(clientId, 'sub is of the form (age!client)');
  }
  if (nameIn(subject, '(usr!') === undefined) return NO_EVIDENCE;
  return statesClient(claims, header)
    ? CONTRADICTION
    : asUser(subject, userClientOf(claims), 'sub is of the form (usr!name)');
}

/** What stands between a prefix and the closing bracket; `undefined` when that is nothing. */
function nameIn(subject: string | undefined, prefix: string): string | undefined {
  if (!subject?.startsWith(prefix) || !subject.endsWith(')')) return undefined;
  const name = subject.slice(prefix.length, -1);
  return name === '' ? undefined : name;
}

function userClientOf(claims: TokenClaims): string | undefined {
  return has(claims, 'client_id') || has(claims, 'azp')
    ? clientIdOf(claims)
    : soleAudienceOf(claims);
}
