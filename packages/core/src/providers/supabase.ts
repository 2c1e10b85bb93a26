import { isStringList } from '../lib/json.ts';
import { ConfigurationError } from '../model/errors.ts';
import type { TokenClaims } from '../model/principal.ts';
import { claimOf, has, scopeStringOf, stringOf } from './internal/claim-readers.ts';
import { asUnknown, asUser } from './internal/classification.ts';
import {
  audienceProvider,
  idSet,
  issuerOptions,
  type OwnOptionNames,
  type ProviderOptions,
  refuseUndefined,
} from './internal/define-provider.ts';
import { keysAt } from './internal/discovery-documents.ts';
import { checkIssuer } from './internal/issuer-url.ts';
import { PLAIN_TYPE } from './internal/type-policies.ts';
import type { AudienceProvider, Classification } from './provider.ts';

/** Options of {@link supabase}. */
export type SupabaseOptions = ProviderOptions & {
  /** `https://<project>.supabase.co/auth/v1`, or that path on a domain of your own. */
  readonly issuer: string;
  /**
   * Ids of the apps that may call for people, through the project's OAuth server. Left out: none, only
   * people's own sessions; `undefined` is refused.
   */
  readonly clientIds?: readonly string[];
  /** Whether people who signed in anonymously may call. Default `'refuse'`: anybody can be one. */
  readonly anonymous?: 'accept' | 'refuse' | undefined;
  /**
   * Values of `role` that people have, where a hook of yours changes them. Default:
   * `['authenticated']`.
   */
  readonly databaseRoles?: readonly string[] | undefined;
};

const OPTIONS: OwnOptionNames<SupabaseOptions> = {
  issuer: true,
  clientIds: true,
  anonymous: true,
  databaseRoles: true,
};

/**
 * Supabase Auth: `supabase('abcdefghijklmnopqrst')`, the project's reference, with
 * `audience: 'authenticated'`.
 *
 * - Provider: switch the project to asymmetric signing keys. Tokens by its older secret (HS256) are refused,
 *   and so are the `anon` and `service_role` keys, which are such tokens.
 * - **`aud` is `authenticated` in every token of the project**, unless a person chose another when
 *   signing up (header
 *   `X-JWT-AUD`): it divides nothing. Tokens that apps got through the project's OAuth server have it, too.
 *   These have a `client_id`, and are refused unless `clientIds` lists it.
 * - Rule: `session_id`, `aal` and a `role` of people → user. There are no machines. Anonymous people
 *   (`is_anonymous`) are refused, unless `anonymous: 'accept'`.
 * - User id: `sub`. Client id: `client_id`, if there is one. Scopes: `scope`. Nothing else is read:
 *   `user_metadata` is what people write about themselves. Read `app_metadata` by `claim()`.
 * - Your access token hook can replace any of these claims: the rule relies on it.
 * - Refuses ID tokens, which have no `role`, `session_id` and `aal`.
 *
 * Per documentation and source, and tokens of version 2.196.0, as of November 2026:
 * https://supabase.com/docs/guides/auth/jwt-fields
 * https://github.com/supabase/auth (internal/tokens/service.go)
 *
 * @throws ConfigurationError for a bad issuer, another `anonymous`, `databaseRoles` that are no list or hold a
 * role of keys, `clientIds` that are bad or `undefined`, or bad key options.
 */
export function supabase(target: string | SupabaseOptions): AudienceProvider {
  const options: SupabaseOptions = issuerOptions(
    'supabase',
    isReference(target) ? `https://${target}.supabase.co/auth/v1` : target,
    OPTIONS,
  );
  const issuer = checkIssuer('supabase', options.issuer, {
    trailingSlash: 'forbidden',
    path: { pattern: /\/auth\/v1$/, example: 'https://abcdefghijklmnopqrst.supabase.co/auth/v1' },
  });
  const { anonymous = 'refuse', databaseRoles = DEFAULT_ROLES } = options;
  if (anonymous !== 'accept' && anonymous !== 'refuse') {
    throw new ConfigurationError(
      "supabase: anonymous must be 'refuse' or 'accept'; write anonymous: 'accept' if anybody may call",
    );
  }
  const roles = roleSet(databaseRoles);
  refuseUndefined('supabase', options, 'clientIds', "['9b8a7c6d-…']");
  const apps = idSet('supabase', 'clientIds', options.clientIds ?? [], "['9b8a7c6d-…']");
  return audienceProvider(
    {
      preset: 'supabase',
      issuer,
      keys: keysAt(`${issuer}/.well-known/jwks.json`),
      types: PLAIN_TYPE,
      requiredClaims: ['aud', 'sub', 'iat', 'role', 'aal', 'session_id', 'is_anonymous'],
      accepts: (claims) =>
        !has(claims, 'client_id') || apps.has(claimOf(claims, 'client_id')) || 'caller_not_listed',
      classify: (claims) => classify(claims, roles, anonymous),
      authority: { scopes: (claims) => scopeStringOf(claims, 'scope') },
    },
    options,
  );
}

function isReference(target: string | SupabaseOptions): boolean {
  return typeof target === 'string' && !target.includes('://');
}

const DEFAULT_ROLES: readonly string[] = Object.freeze(['authenticated']);

/** The roles of the project's API keys. A token with one of them names no person. */
const ROLES_OF_KEYS = ['anon', 'service_role'] as const;

function roleSet(roles: unknown): ReadonlySet<unknown> {
  if (isStringList(roles) && roles.length > 0) {
    if (!ROLES_OF_KEYS.some((role) => roles.includes(role))) return new Set(roles);
  }
  throw new ConfigurationError(
    "supabase: databaseRoles must be a list of roles that people have, without anon and service_role; write databaseRoles: ['authenticated']",
  );
}

const OTHER_ROLE = asUnknown('role is not one that people have');
const NO_SESSION = asUnknown('session_id or aal is no text');
const ANONYMOUS = asUnknown('is_anonymous is not false: anybody can sign in so');

function classify(
  claims: TokenClaims,
  roles: ReadonlySet<unknown>,
  anonymous: 'accept' | 'refuse',
): Classification {
  if (!roles.has(claimOf(claims, 'role'))) return OTHER_ROLE;
  if (stringOf(claims, 'session_id') === undefined || stringOf(claims, 'aal') === undefined) {
    return NO_SESSION;
  }
  if (claimOf(claims, 'is_anonymous') !== false && anonymous === 'refuse') return ANONYMOUS;
  const clientId = stringOf(claims, 'client_id');
  return asUser(stringOf(claims, 'sub'), clientId, 'a session, and a role of people');
}
