import { mustBe } from '../lib/option-checks.ts';
import { ConfigurationError } from '../model/errors.ts';
import type { TokenClaims } from '../model/principal.ts';
import type { TokenHeader } from '../model/token-header.ts';
import {
  claimOf,
  has,
  NONE,
  scopeListOf,
  scopeStringOf,
  scopesOf,
  stringOf,
} from './internal/claim-readers.ts';
import { asClient, asUnknown, asUser } from './internal/classification.ts';
import {
  organizationOf,
  organizationPermissionsOf,
  organizationRolesOf,
} from './internal/clerk-organization.ts';
import {
  audienceFreeProvider,
  idSet,
  type OwnOptionNames,
  type ProviderOptions,
  presetOptions,
} from './internal/define-provider.ts';
import { keysAt } from './internal/discovery-documents.ts';
import { checkIssuer } from './internal/issuer-url.ts';
import { PLAIN_OR_ACCESS_TOKEN_TYPE } from './internal/type-policies.ts';
import type { AudienceFreeProvider, Classification } from './provider.ts';

/** Who may call, by the class of the token: at least one list. */
export interface ClerkCallers {
  /** Origins of your front ends (`azp` of session tokens): `https://app.acme.com`. */
  readonly authorizedParties?: readonly string[] | undefined;
  /** OAuth applications whose tokens are accepted (`client_id`). */
  readonly clientIds?: readonly string[] | undefined;
  /** Machines whose M2M tokens are accepted (`sub`): `mch_…`. */
  readonly machines?: readonly string[] | undefined;
}

/** Options of {@link clerk}. */
export type ClerkOptions = ProviderOptions & {
  /** The Frontend API URL: `https://clerk.acme.com`, `https://<slug>.clerk.accounts.dev`. */
  readonly issuer: string;
} & ClerkCallers &
  (
    | { readonly authorizedParties: readonly string[] }
    | { readonly clientIds: readonly string[] }
    | { readonly machines: readonly string[] }
  );

const OPTIONS: OwnOptionNames<ClerkOptions> = {
  issuer: true,
  authorizedParties: mustBe.notNull("authorizedParties: ['https://app.acme.com']"),
  clientIds: mustBe.notNull("clientIds: ['…']"),
  machines: mustBe.notNull("machines: ['mch_…']"),
};

/**
 * Clerk: `clerk({ issuer: 'https://clerk.acme.com', authorizedParties: ['https://app.acme.com'] })`.
 *
 * - Clerk does not guarantee the `aud` of its tokens. So the caller's own id is checked instead, by the class
 *   of the token: `azp` of session tokens, `client_id` of OAuth tokens, `sub` of M2M tokens. A class whose list
 *   is left out is refused, and so is a session token without `azp`.
 * - Provider: switch on JWTs for M2M tokens, and for OAuth access tokens; opaque is the default.
 * - Rule: `sub` of the form `mch_…`, and header `cat` of M2M tokens or none → client; `user_…`, and
 *   `cat` of session or template tokens or none, or `typ: at+jwt` → user; else refused.
 * - User id: `sub`; client id: `client_id` of OAuth tokens (`azp` of a session is an origin, not a
 *   client). Clerk's SDKs call OAuth tokens machine tokens: they are users'.
 * - Refuses a session that is not active (`sts: pending`): the user has still to choose a new password
 *   or an organization. Older sessions have no `sts`.
 * - Authority: `scope` or `scp` of OAuth tokens; organization, role and permissions of sessions,
 *   named as Clerk's SDKs name them (`org:admin`, `org:invoices:read`).
 * - Pitfalls: one key signs all classes; in M2M tokens the machine that makes the token chooses everything
 *   except `sub`, also `scopes` and `aud`: decide by `sub`.
 *
 * Per documentation and source as of November 2026:
 * https://clerk.com/docs/guides/sessions/session-tokens
 * https://clerk.com/docs/guides/development/machine-auth/m2m-tokens
 * https://github.com/clerk/javascript (packages/shared/src/jwtPayloadParser.ts)
 *
 * @throws ConfigurationError for a bad issuer, no list of callers, or bad key options.
 */
export function clerk(options: ClerkOptions): AudienceFreeProvider {
  const { authorizedParties, clientIds, machines, ...rest } = presetOptions(
    'clerk',
    options,
    OPTIONS,
    "issuer: 'https://…', authorizedParties: ['https://app.acme.com']",
  );
  const issuer = checkIssuer('clerk', rest.issuer, {
    trailingSlash: 'forbidden',
    path: { pattern: /^\/$/, example: 'https://clerk.acme.com' },
  });
  const parties = callers('authorizedParties', authorizedParties, "['https://app.acme.com']");
  const clients = callers('clientIds', clientIds, "['<client id>']");
  const senders = callers('machines', machines, "['mch_…']");
  if (parties.size + clients.size + senders.size === 0) {
    throw new ConfigurationError(
      "clerk: tokens carry no aud, so say who may call; write authorizedParties: ['https://app.acme.com'], or clientIds, or machines",
    );
  }
  return audienceFreeProvider(
    {
      preset: 'clerk',
      issuer,
      keys: keysAt(`${issuer}/.well-known/jwks.json`),
      types: PLAIN_OR_ACCESS_TOKEN_TYPE,
      requiredClaims: ['sub'],
      accepts: (claims, header) => {
        const tokenClass = classOf(claims, header);
        if (tokenClass === 'session') {
          return isActive(claims) && (parties.has(claimOf(claims, 'azp')) || NOT_LISTED);
        }
        if (tokenClass === 'oauth') return clients.has(claimOf(claims, 'client_id')) || NOT_LISTED;
        // A token of no clear class is refused by `classify`, with a reason of its own.
        return tokenClass === undefined || senders.has(claimOf(claims, 'sub')) || NOT_LISTED;
      },
      classify,
      authority: {
        scopes: clerkScopesOf,
        permissions: (claims) => (isUserSubject(claims) ? organizationPermissionsOf(claims) : NONE),
        roles: (claims) => (isUserSubject(claims) ? organizationRolesOf(claims) : NONE),
        tenant: (claims) => (isUserSubject(claims) ? organizationOf(claims) : undefined),
      },
      sidInAccessTokens: true,
    },
    options,
  );
}

/** The token is an access token, but its caller is not on the list for its class. */
const NOT_LISTED = 'caller_not_listed';

type TokenClass = 'session' | 'oauth' | 'machine';

const NO_CLASS = asUnknown('sub, cat and typ do not agree on a class of token');

/** The classes that the header's `cat` names by its last characters. */
const SESSION_CATEGORIES = ['111AAA', '222AAA'] as const;
const MACHINE_CATEGORY = '333AAA';

/** RFC 9068 §4: in any case, with or without `application/`. */
const ACCESS_TOKEN_TYPE = /^(?:application\/)?at\+jwt$/i;

function callers(setting: string, ids: unknown, example: string): ReadonlySet<unknown> {
  return idSet('clerk', setting, ids ?? NONE, example);
}

function classOf(claims: TokenClaims, header: TokenHeader): TokenClass | undefined {
  const subject = stringOf(claims, 'sub');
  const category = stringOf(header, 'cat');
  if (subject === undefined || (category === undefined && has(header, 'cat'))) return undefined;
  const isOAuth = isAccessTokenType(claimOf(header, 'typ'));
  if (subject.startsWith('mch_')) {
    const isMachine = category === undefined || category.endsWith(MACHINE_CATEGORY);
    return isMachine && !isOAuth ? 'machine' : undefined;
  }
  if (!subject.startsWith('user_')) return undefined;
  if (isOAuth) return category?.endsWith(MACHINE_CATEGORY) ? undefined : 'oauth';
  const isSession =
    category === undefined || SESSION_CATEGORIES.some((suffix) => category.endsWith(suffix));
  return isSession ? 'session' : undefined;
}

/** A session with tasks left, such as a forced change of the password, is `pending`. */
function isActive(claims: TokenClaims): boolean {
  return !has(claims, 'sts') || claimOf(claims, 'sts') === 'active';
}

function isAccessTokenType(type: unknown): boolean {
  return typeof type === 'string' && ACCESS_TOKEN_TYPE.test(type);
}

function classify(claims: TokenClaims, header: TokenHeader): Classification {
  const subject = stringOf(claims, 'sub');
  switch (classOf(claims, header)) {
    case 'machine':
      return asClient(subject, 'sub is a machine');
    case 'oauth':
      return asUser(subject, stringOf(claims, 'client_id'), 'sub is a user, of an OAuth token');
    case 'session':
      return asUser(subject, undefined, 'sub is a user, of a session');
    default:
      return NO_CLASS;
  }
}

function isUserSubject(claims: TokenClaims): boolean {
  return stringOf(claims, 'sub')?.startsWith('user_') === true;
}

function clerkScopesOf(claims: TokenClaims, header: TokenHeader): readonly string[] | undefined {
  switch (classOf(claims, header)) {
    case 'machine':
      return scopesOf(claims, 'scopes');
    case 'oauth':
      return has(claims, 'scope') ? scopeStringOf(claims, 'scope') : scopeListOf(claims, 'scp');
    default:
      return NONE;
  }
}
