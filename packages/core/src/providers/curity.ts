import type { TokenClaims } from '../model/principal.ts';
import type { TokenHeader } from '../model/token-header.ts';
import { claimOf, scopeStringOf, stringOf } from './internal/claim-readers.ts';
import { asClient, asUnknown, asUser } from './internal/classification.ts';
import {
  audienceProvider,
  type OwnOptionNames,
  type ProviderOptions,
  presetOptions,
} from './internal/define-provider.ts';
import { openIdMetadata } from './internal/discovery-documents.ts';
import { checkIssuer } from './internal/issuer-url.ts';
import { hasClientMark, hasUserMark, isOfAnotherProvider } from './internal/kind-marks.ts';
import { kindRule, type SubjectNamespacesOption } from './internal/subject-namespaces.ts';
import { ANY_TYPE } from './internal/type-policies.ts';
import type { AudienceProvider, Classification } from './provider.ts';

/** Options of {@link curity}. */
export type CurityOptions = ProviderOptions & {
  /** `iss` of the tokens: `https://login.acme.com/oauth/v2/oauth-anonymous`. */
  readonly issuer: string;
} & SubjectNamespacesOption;

const OPTIONS: OwnOptionNames<CurityOptions> = {
  issuer: true,
  subjectNamespaces: true,
  classify: true,
};

/**
 * Curity Identity Server: `curity({ issuer, subjectNamespaces: 'disjoint' })`.
 *
 * By default its tokens of users and of machines have one shape, so you have to say:
 * `subjectNamespaces: 'disjoint'` if no user can have a client's id as subject, a `classify` of your
 * own, or `'unknown'`.
 *
 * - Provider: issue JWTs (opaque is the default), and **add `client_id` to access tokens** in the
 *   token designer. Give the API an audience of its own.
 * - Rule with `'disjoint'`: `sub` equal to `client_id` → client; another → user; without `client_id`,
 *   or with marks of the other kind (`sub_type`, `gty`, `caller_type` and the like too) → refused. After
 *   token exchange the rule does not hold: a machine's token exchanged by another client is a user's.
 * - User id: `sub`. Authority: `scope`.
 * - Checks `purpose`: `access_token`.
 *
 * Per documentation and published samples as of September 2026:
 * https://curity.io/docs/idsvr/latest/token-service-admin-guide/
 * https://github.com/curityio/workload-identities
 *
 * @throws ConfigurationError for a bad issuer, a missing `subjectNamespaces` or `classify`, or bad
 * key options.
 */
export function curity(options: CurityOptions): AudienceProvider {
  const issuer = checkIssuer(
    'curity',
    presetOptions('curity', options, OPTIONS, "issuer: 'https://…', subjectNamespaces: 'disjoint'")
      .issuer,
    {
      trailingSlash: 'forbidden',
    },
  );
  return audienceProvider(
    {
      preset: 'curity',
      issuer,
      keys: openIdMetadata(issuer),
      types: ANY_TYPE,
      requiredClaims: ['aud', 'sub', 'purpose'],
      accepts: (claims) => claimOf(claims, 'purpose') === 'access_token',
      classify: kindRule('curity', options, {
        disjoint: classifyDisjoint,
        exampleClaim: 'caller_type',
      }),
      authority: { scopes: (claims) => scopeStringOf(claims, 'scope') },
    },
    options,
  );
}

const NO_IDS = asUnknown('sub or client_id is missing');
const CONTRADICTION = asUnknown('marks of a user and of a client');

function classifyDisjoint(claims: TokenClaims, header: TokenHeader): Classification {
  const subject = stringOf(claims, 'sub');
  const clientId = stringOf(claims, 'client_id');
  if (subject === undefined || clientId === undefined) return NO_IDS;
  if (subject === clientId) {
    return hasUserMark(claims, header) ? CONTRADICTION : asClient(clientId, 'sub is client_id');
  }
  return hasClientMark(claims, header) || isOfAnotherProvider(claims)
    ? CONTRADICTION
    : asUser(subject, clientId, 'sub is not client_id, which means a user as the operator states');
}
