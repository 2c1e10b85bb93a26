import type { TokenClaims } from '../model/principal.ts';
import type { TokenHeader } from '../model/token-header.ts';
import {
  claimOf,
  clientIdOf,
  has,
  scopesOf,
  soleAudienceOf,
  stringOf,
} from './internal/claim-readers.ts';
import { asClient, asUnknown, asUser } from './internal/classification.ts';
import {
  audienceProvider,
  type OwnOptionNames,
  type ProviderOptions,
  presetOptions,
} from './internal/define-provider.ts';
import { anyMetadata } from './internal/discovery-documents.ts';
import { checkIssuer } from './internal/issuer-url.ts';
import { hasClientMark, hasUserMark, isOfAnotherProvider } from './internal/kind-marks.ts';
import { kindRule, type SubjectNamespacesOption } from './internal/subject-namespaces.ts';
import { ANY_TYPE } from './internal/type-policies.ts';
import type { AudienceProvider, Classification } from './provider.ts';

/** Options of {@link spring}. */
export type SpringOptions = ProviderOptions & {
  readonly issuer: string;
} & SubjectNamespacesOption;

const OPTIONS: OwnOptionNames<SpringOptions> = {
  issuer: true,
  subjectNamespaces: true,
  classify: true,
};

/**
 * Spring Authorization Server:
 * `spring({ issuer: 'https://auth.acme.com', subjectNamespaces: 'disjoint' })`.
 *
 * Its tokens do not document who is calling, so you have to say: `subjectNamespaces: 'disjoint'` if
 * no user's name can be a client's id, a `classify` of your own, or `'unknown'`.
 *
 * - Provider: by default `aud` is **the client's id**, so that `audience` has to list the clients.
 *   Better: an `OAuth2TokenCustomizer` that sets `aud` to your API **and adds `client_id`**.
 * - Rule with `'disjoint'`: `sub` equal to `client_id` (or, when that claim is not added, to the
 *   only `aud`) → client; another `sub`, a `scope` list (a string too, where `client_id` is added), and
 *   no mark of a machine → user. An `aud` that is a URL or URN cannot be a client's id: without
 *   `client_id` such tokens are refused.
 * - User id: `sub`, the user's name. Authority: `scope`, a list.
 * - Pitfalls: **if you set `aud` to a plain name of your API, add `client_id`**: without it a
 *   machine's token cannot be told from a user's. A user whose name is the id of the client that he
 *   logs in through has a machine's token, byte for byte.
 * - Bound tokens: `cnf` has `jkt` (DPoP), `x5t#S256` (mTLS) or both. With `dpop` those of the first form
 *   are accepted; a certificate is not checked, so the others are refused. A refresh without a proof
 *   returns a token that is **not bound**: only `dpop: 'required'` keeps such a client to its key.
 *
 * Per source as of September 2026:
 * https://docs.spring.io/spring-authorization-server/reference/core-model-components.html
 * https://github.com/spring-projects/spring-security (JwtGenerator.java)
 *
 * @throws ConfigurationError for a bad issuer, a missing `subjectNamespaces` or `classify`, or bad
 * key options.
 */
export function spring(options: SpringOptions): AudienceProvider {
  const issuer = checkIssuer(
    'spring',
    presetOptions('spring', options, OPTIONS, "issuer: 'https://…', subjectNamespaces: 'disjoint'")
      .issuer,
    {
      trailingSlash: 'forbidden',
    },
  );
  return audienceProvider(
    {
      preset: 'spring',
      issuer,
      keys: anyMetadata(issuer),
      types: ANY_TYPE,
      requiredClaims: ['aud', 'sub'],
      classify: kindRule('spring', options, {
        disjoint: classifyDisjoint,
        ids: { clientId: clientOf },
        exampleClaim: 'caller_type',
      }),
      authority: { scopes: (claims) => scopesOf(claims, 'scope') },
    },
    options,
  );
}

const NO_IDS = asUnknown('sub or the client id is missing');
const NOT_SPRING = asUnknown('sub is not the client id, and scope is not as this server writes it');
const CONTRADICTION = asUnknown('marks of a user and of a client');

function classifyDisjoint(claims: TokenClaims, header: TokenHeader): Classification {
  const subject = stringOf(claims, 'sub');
  const clientId = clientOf(claims);
  if (subject === undefined || clientId === undefined) return NO_IDS;
  if (subject === clientId) {
    return hasUserMark(claims) ? CONTRADICTION : asClient(clientId, 'sub is the client id');
  }
  if (!isOfSpring(claims)) return NOT_SPRING;
  return hasClientMark(claims, header) || isOfAnotherProvider(claims)
    ? CONTRADICTION
    : asUser(subject, clientId, 'sub is not the client id, by the word of the operator');
}

/**
 * A token that says so little is a user's only if it looks like this server's: it writes a list, which
 * a customizer may have made a string. Others' tokens of machines have a string, or no `scope` at all.
 */
function isOfSpring(claims: TokenClaims): boolean {
  return has(claims, 'client_id') ? has(claims, 'scope') : Array.isArray(claimOf(claims, 'scope'));
}

/** `client_id` where a customizer adds it; else the only `aud`, unless that is an API's identifier. */
function clientOf(claims: TokenClaims): string | undefined {
  if (has(claims, 'client_id') || has(claims, 'azp')) return clientIdOf(claims);
  const audience = soleAudienceOf(claims);
  return audience?.includes(':') ? undefined : audience;
}
