import { mustBe } from '../lib/option-checks.ts';
import type { ActorProfile, TokenClaims } from '../model/principal.ts';
import { entityProfileOf } from './internal/actor-profile.ts';
import {
  claimOf,
  clientIdOf,
  has,
  listOf,
  scopeStringOf,
  stringOf,
} from './internal/claim-readers.ts';
import { asAgent, asClient, asUnknown, asUser } from './internal/classification.ts';
import {
  audienceProvider,
  checkSole,
  type OwnOptionNames,
  type ProviderOptions,
  presetOptions,
} from './internal/define-provider.ts';
import { openIdMetadata } from './internal/discovery-documents.ts';
import { checkDomain, checkIssuer } from './internal/issuer-url.ts';
import { namesClientCredentials } from './internal/kind-marks.ts';
import { PLAIN_OR_ACCESS_TOKEN_TYPE } from './internal/type-policies.ts';
import type { AudienceProvider, Classification } from './provider.ts';

/** Options of {@link auth0}: the tenant's domain, or its issuer. */
export type Auth0Options = ProviderOptions &
  (
    | { readonly domain: string; readonly issuer?: never }
    | { readonly issuer: string; readonly domain?: never }
  ) & {
    /** The namespaced claim in which an Action of yours puts roles: `https://acme.com/roles`. */
    readonly rolesClaim?: string | undefined;
  };

const OPTIONS: OwnOptionNames<Auth0Options> = {
  domain: true,
  issuer: true,
  rolesClaim: mustBe.aText("rolesClaim: 'https://acme.com/roles'"),
};

/**
 * Auth0: `auth0('acme.eu.auth0.com')`, or your custom domain.
 *
 * - Provider: register the API; choose RS256 or PS256 for it, not HS256. For permissions switch on
 *   RBAC and "Add Permissions in the Access Token".
 * - Rule: `sub_profile` where it is sent; else a client by `gty: client-credentials`, or by a `sub`
 *   that is the client id, bare or with `@clients`; a user by a `sub` with `|`; else refused.
 *   Actions cannot set any of these but `sub_profile`.
 * - Agents ("Agents as Principal", Early Access): set `agent_subject_claims` to `auth0-v1` on the API. A
 *   client with `sub_profile: 'ai_agent'` has `agent: true`. A user on whose behalf an agent acts has an
 *   `actor`, with `profile: 'agent'` by its `sub_profile`, else its `client_profile`, or by an id `agt_…`.
 * - User id: `sub`. Client id: `azp` (Auth0 profile) or `client_id` (RFC 9068 profile).
 * - Authority: `scope`, `permissions`, tenant `org_id`; roles from `rolesClaim` only.
 * - Pitfall: `gty` disappears when an API is switched to the RFC 9068 profile, and `@clients` when it is
 *   switched to agent subjects. Both switches are at Auth0: they take effect without a deployment of yours.
 *
 * Per documentation as of September 2026:
 * https://auth0.com/docs/secure/tokens/access-tokens/access-token-profiles
 * https://auth0.com/docs/ai-agents-mcp/agents-as-principal/agent-identity-in-tokens
 *
 * @throws ConfigurationError for a bad domain or issuer, or bad key options.
 */
export function auth0(target: string | Auth0Options): AudienceProvider {
  const options: Auth0Options = presetOptions(
    'auth0',
    typeof target === 'string' ? targetOf(target) : target,
    OPTIONS,
    "domain: 'acme.eu.auth0.com'",
  );
  const { domain, rolesClaim } = options;
  checkSole('auth0', options, ['domain', 'issuer'], "auth0({ domain: 'acme.eu.auth0.com' })");
  const issuer = checkIssuer('auth0', domain === undefined ? options.issuer : issuerOf(domain), {
    trailingSlash: 'required',
    path: { pattern: /^\/$/, example: 'https://acme.eu.auth0.com/' },
  });
  return audienceProvider(
    {
      preset: 'auth0',
      issuer,
      keys: openIdMetadata(issuer),
      types: PLAIN_OR_ACCESS_TOKEN_TYPE,
      requiredClaims: ['aud', 'sub', 'iat'],
      classify,
      actorProfile,
      authority: {
        scopes: (claims) => scopeStringOf(claims, 'scope'),
        permissions: (claims) => listOf(claims, 'permissions'),
        ...(rolesClaim === undefined ? {} : { roles: (claims) => listOf(claims, rolesClaim) }),
        tenant: (claims) => stringOf(claims, 'org_id'),
      },
      notIntrospected:
        'Auth0 has no introspection endpoint, and its opaque tokens are for /userinfo alone. Leave introspection out, and let clients ask for your API by audience: then they get JWTs',
    },
    options,
  );
}

function targetOf(target: string): Auth0Options {
  return target.includes('://') ? { issuer: target } : { domain: target };
}

function issuerOf(domain: string): string {
  return `https://${checkDomain('auth0', domain, "auth0('acme.eu.auth0.com')")}/`;
}

const CLIENT_PROFILES: ReadonlySet<unknown> = new Set([
  'ai_agent',
  'service',
  'browser_app',
  'native_app',
]);

const CONTRADICTION = asUnknown('marks of a user and of a client');
const UNKNOWN_PROFILE = asUnknown(
  'sub_profile names neither a user nor a client, or is missing beside client_profile',
);
const NO_EVIDENCE = asUnknown('no mark of a user or of a client');

function classify(claims: TokenClaims): Classification {
  const subject = stringOf(claims, 'sub');
  const clientId = clientIdOf(claims);
  if (subject === undefined || clientId === undefined) return NO_EVIDENCE;

  const isClientSubject = subject === clientId || subject === `${clientId}@clients`;
  const isClientGrant = claimOf(claims, 'gty') === 'client-credentials';
  const isOtherGrant = has(claims, 'gty') && !isClientGrant;
  // A `gty` of another type than documented proves no client, but its token must not be read as a user's.
  const maybeClientGrant = namesClientCredentials(claimOf(claims, 'gty'));

  if (has(claims, 'sub_profile')) {
    const profile = claimOf(claims, 'sub_profile');
    if (profile === 'user') {
      return isClientSubject || maybeClientGrant || isMachineName(subject)
        ? CONTRADICTION
        : asUser(subject, clientId, 'sub_profile is user');
    }
    if (!CLIENT_PROFILES.has(profile)) return UNKNOWN_PROFILE;
    if (isOtherGrant) return CONTRADICTION;
    return profile === 'ai_agent'
      ? asAgent(clientId, 'sub_profile is an agent')
      : asClient(clientId, 'sub_profile is a client');
  }
  // Auth0 sends `client_profile` together with `sub_profile`. Alone it does not say whose `sub` this is.
  if (has(claims, 'client_profile')) return UNKNOWN_PROFILE;
  if (isClientGrant) return asClient(clientId, 'gty is client-credentials');
  if (isClientSubject) {
    return isOtherGrant ? CONTRADICTION : asClient(clientId, 'sub is the client id');
  }
  if (!subject.includes('|') || isMachineName(subject)) return NO_EVIDENCE;
  return maybeClientGrant
    ? CONTRADICTION
    : asUser(subject, clientId, 'sub is of the form connection|id');
}

/** Forms of `sub` that Auth0 gives to applications and to agents. */
function isMachineName(subject: string): boolean {
  return subject.endsWith('@clients') || isAgentId(subject);
}

function isAgentId(subject: string): boolean {
  return subject.startsWith('agt_');
}

/** What the actor is: by its profile, where the token has one, else by an id that only agents have. */
function actorProfile(act: Readonly<Record<string, unknown>>): ActorProfile {
  const profile = entityProfileOf(act);
  return profile === 'unknown' && !has(act, 'sub_profile') && isAgentId(stringOf(act, 'sub') ?? '')
    ? 'agent'
    : profile;
}
