import type { TokenClaims } from '../model/principal.ts';
import type { TokenHeader } from '../model/token-header.ts';
import { type Algorithm, DEFAULT_ALGORITHMS } from '../token/algorithms.ts';
import { has, scopeStringOf } from './internal/claim-readers.ts';
import {
  audienceProvider,
  type OwnOptionNames,
  type ProviderOptions,
  presetOptions,
} from './internal/define-provider.ts';
import { openIdMetadata } from './internal/discovery-documents.ts';
import { checkIssuer } from './internal/issuer-url.ts';
import { classifyByJwtProfile } from './internal/jwt-profile.ts';
import { kindRule, type SubjectNamespacesOption } from './internal/subject-namespaces.ts';
import { PLAIN_OR_ACCESS_TOKEN_TYPE } from './internal/type-policies.ts';
import type { AudienceProvider, Classification } from './provider.ts';

/** Options of {@link lemonldap}. */
export type LemonldapOptions = ProviderOptions & {
  /** The issuer identifier, or else the portal's URL, exactly: mostly with a slash at its end. */
  readonly issuer: string;
} & SubjectNamespacesOption;

const OPTIONS: OwnOptionNames<LemonldapOptions> = {
  issuer: true,
  subjectNamespaces: true,
  classify: true,
};

/**
 * LemonLDAP::NG: `lemonldap({ issuer: 'https://auth.acme.com/', classify })`.
 *
 * `sub` is the login name of a person, and the client id of a machine. The token of a person whose login name
 * is a client's id has the same claims as a machine's. So you have to say what tells them apart.
 *
 * - Provider: for each relying party switch on JWT access tokens, and write your API's identifier into the
 *   additional audiences. Leave the user attribute (`UserIDAttr`) at its default: with another one `sub` of
 *   machines is `null`, and they are refused.
 * - A sound mark is a macro of the relying party: `callerType`, `$_auth ? "human" : "machine"`, exported as
 *   `caller_type`, with the option to release claims in access tokens. Only a session of somebody who signed in has `$_auth`. Never
 *   take `$_clientId`: sessions of people have it, too.
 *   `classify: ({ caller_type: t }) => (t === 'human' ? 'user' : t === 'machine' ? 'client' : 'refuse')`.
 * - Rule with `subjectNamespaces: 'disjoint'`, your statement that no login name is a client's id: `sub` is
 *   `client_id` and no claim of a person → client; they differ and no mark of a machine → user. `sid` says
 *   nothing: newer releases write it for both. Token exchange: a machine's token that another relying party
 *   exchanges would be read as a user's, so allow it to no relying party.
 * - User id: `sub`. Client id: `client_id`. Authority: `scope`.
 * - Refuses ID tokens, which have the same key, `typ` and `aud`: they lack `client_id`, `jti` and `scope`, and
 *   have `azp` or `nonce`.
 * - RS512 and similar algorithms are accepted beside the usual ones.
 * - Introspection: the same rule. Answers have no `aud`, so they need `audience: 'trusted'` (a JWT's own `aud`
 *   is checked all the same), and no claims of macros, so a `classify` on one refuses them.
 *
 * Per documentation, source, and tokens of version 2.16, as of November 2026:
 * https://lemonldap-ng.org/documentation/latest/idpopenidconnect.html
 * https://gitlab.ow2.org/lemonldap-ng/lemonldap-ng (Lib/OpenIDConnect.pm)
 *
 * @throws ConfigurationError for a bad issuer, a missing `subjectNamespaces` or `classify`, or bad
 * key options.
 */
export function lemonldap(options: LemonldapOptions): AudienceProvider {
  const { issuer: givenIssuer } = presetOptions(
    'lemonldap',
    options,
    OPTIONS,
    "issuer: 'https://…/', subjectNamespaces: 'disjoint'",
  );
  const issuer = checkIssuer('lemonldap', givenIssuer);
  const rule = kindRule('lemonldap', options, {
    disjoint: classifyDisjoint,
    exampleClaim: 'caller_type',
  });
  return audienceProvider(
    {
      preset: 'lemonldap',
      issuer,
      keys: openIdMetadata(issuer),
      types: PLAIN_OR_ACCESS_TOKEN_TYPE,
      requiredClaims: ['aud', 'sub', 'client_id', 'jti', 'scope'],
      algorithms: LEMONLDAP_ALGORITHMS,
      accepts: (claims) => !ID_TOKEN_CLAIMS.some((name) => has(claims, name)),
      classify: rule,
      authority: { scopes: (claims) => scopeStringOf(claims, 'scope') },
      introspected: {
        requiredMembers: Object.freeze(['iss', 'sub', 'client_id', 'scope']),
        // The server looks up access tokens only, and writes no `token_type`.
        accepts: (answer) => !ID_TOKEN_CLAIMS.some((name) => has(answer, name)),
        classify: (answer) => rule(answer, NO_HEADER),
        signsAnswers: false,
      },
    },
    options,
  );
}

const NO_HEADER: TokenHeader = Object.freeze({});

/** Claims that ID tokens of this server have, and its access tokens do not have. */
const ID_TOKEN_CLAIMS = ['azp', 'nonce'] as const;

const LEMONLDAP_ALGORITHMS: readonly Algorithm[] = Object.freeze([
  ...DEFAULT_ALGORITHMS,
  'RS384',
  'RS512',
] as const);

function classifyDisjoint(
  { sid: _sid, ...claims }: TokenClaims,
  header: TokenHeader,
): Classification {
  return classifyByJwtProfile(claims, header);
}
