import { ConfigurationError } from '../model/errors.ts';
import type { TokenClaims } from '../model/principal.ts';
import { claimOf, has, listOf, scopeStringOf, stringOf } from './internal/claim-readers.ts';
import { asClient, asUnknown, asUser } from './internal/classification.ts';
import {
  audienceFreeProvider,
  audienceProvider,
  type OwnOptionNames,
  type ProviderOptions,
  type ProviderStatement,
  presetOptions,
} from './internal/define-provider.ts';
import { keysAt, openIdMetadata } from './internal/discovery-documents.ts';
import { checkIssuer } from './internal/issuer-url.ts';
import { ANY_TYPE } from './internal/type-policies.ts';
import type {
  AudienceFreeProvider,
  AudienceProvider,
  Classification,
  Provider,
} from './provider.ts';

/** Options of {@link workos} for tokens of Connect applications. */
export type WorkosOptions = ProviderOptions & {
  /** The AuthKit domain: `https://acme.authkit.app`, or the custom one. */
  readonly issuer: string;
  readonly sessionsOf?: never;
};

/** Options of {@link workos} for sessions of AuthKit. */
export type WorkosSessionOptions = ProviderOptions & {
  /** The client id of your environment, whose users sign in: `client_…`. */
  readonly sessionsOf: string;
  /** Default `https://api.workos.com`; newer tokens add `/user_management/<client id>`. */
  readonly issuer?: string | undefined;
};

const OPTIONS: OwnOptionNames<WorkosOptions | WorkosSessionOptions> = {
  issuer: true,
  sessionsOf: true,
};

/**
 * WorkOS Connect: `workos('https://acme.authkit.app')`, for OAuth and M2M applications. Sessions of
 * AuthKit: `workos({ sessionsOf: 'client_…' })`.
 *
 * - Sessions carry no `aud`. Instead, the keys are those of your client id only, and only sessions of users are
 *   accepted: `sid` must be that of a session, and `client_id` and `aud`, where they are there, must be yours.
 * - Provider: Connect applications of users ask for your API with `resource`; otherwise `aud` is the
 *   environment's client id, the same for all APIs. In machines' tokens it is always that id.
 * - Rule: `sub` is `client_id`, and no `sid` → client; `sub` of the form `user_…`, and `sid` (of the
 *   consent, or the session) → user; else refused. A missing `client_id` proves nothing: older tokens
 *   of users lack it.
 * - Refuses ID tokens, which an `audience` that is a client's id would let in: they carry `nonce` or
 *   `at_hash`, and no `sid` of a consent.
 * - User id: `sub`. Authority: `scope`, what was granted, `permissions`, `roles`; tenant `org_id`.
 * - Pitfall: `act.sub` of an impersonated session is the e-mail address of an administrator.
 *
 * Per documentation as of November 2026:
 * https://workos.com/docs/authkit/connect/token-claims
 * https://workos.com/docs/reference/authkit/session-tokens
 *
 * @throws ConfigurationError for a bad issuer or client id, or bad key options.
 */
export function workos(target: string | WorkosOptions): AudienceProvider;
export function workos(target: WorkosSessionOptions): AudienceFreeProvider;
export function workos(target: string | WorkosOptions | WorkosSessionOptions): Provider {
  const options: WorkosOptions | WorkosSessionOptions = presetOptions(
    'workos',
    typeof target === 'string' ? { issuer: target } : target,
    OPTIONS,
  );
  return options.sessionsOf === undefined ? connect(options) : sessions(options);
}

function connect(options: WorkosOptions): AudienceProvider {
  const issuer = checkIssuer('workos', options.issuer, {
    trailingSlash: 'forbidden',
    path: { pattern: /^\/$/, example: 'https://acme.authkit.app' },
  });
  return audienceProvider(
    {
      ...FACTS,
      issuer,
      keys: openIdMetadata(issuer),
      requiredClaims: ['aud', 'sub', 'jti'],
      accepts: isNoIdToken,
    },
    options,
  );
}

function sessions(options: WorkosSessionOptions): AudienceFreeProvider {
  const { issuer: givenIssuer = 'https://api.workos.com', sessionsOf } = options;
  if (typeof sessionsOf !== 'string' || !/^client_\w+$/.test(sessionsOf)) {
    throw new ConfigurationError(
      "workos: sessionsOf must be your environment's client id; write workos({ sessionsOf: 'client_…' })",
    );
  }
  return audienceFreeProvider(
    {
      ...FACTS,
      issuer: checkIssuer('workos', givenIssuer),
      keys: keysAt(`https://api.workos.com/sso/jwks/${sessionsOf}`),
      requiredClaims: ['sub', 'sid'],
      sidInAccessTokens: true,
      accepts: (claims) =>
        isNoIdToken(claims) &&
        stringOf(claims, 'sid')?.startsWith('session_') === true &&
        isAbsentOr(claims, 'client_id', sessionsOf) &&
        isAbsentOr(claims, 'aud', sessionsOf),
    },
    options,
  );
}

function isNoIdToken(claims: TokenClaims): boolean {
  return !has(claims, 'nonce') && !has(claims, 'at_hash');
}

function isAbsentOr(claims: TokenClaims, name: string, value: string): boolean {
  return !has(claims, name) || claims[name] === value;
}

const NO_SUBJECT = asUnknown('sub is missing');
const CONTRADICTION = asUnknown('sub is client_id, but the token is of a session or a user');
const NO_EVIDENCE = asUnknown('sub is neither client_id nor a user, or a user without sid');

function classify(claims: TokenClaims): Classification {
  const subject = stringOf(claims, 'sub');
  if (subject === undefined) return NO_SUBJECT;
  const isUserId = subject.startsWith('user_');
  if (subject === claimOf(claims, 'client_id')) {
    return isUserId || has(claims, 'sid')
      ? CONTRADICTION
      : asClient(subject, 'sub is client_id, and no sid');
  }
  return isUserId && stringOf(claims, 'sid') !== undefined
    ? asUser(subject, stringOf(claims, 'client_id'), 'sub is the id of a user, and sid')
    : NO_EVIDENCE;
}

const FACTS: Pick<ProviderStatement, 'preset' | 'types' | 'classify' | 'authority'> = {
  preset: 'workos',
  types: ANY_TYPE,
  classify,
  authority: {
    scopes: (claims) => scopeStringOf(claims, 'scope'),
    permissions: (claims) => listOf(claims, 'permissions'),
    roles: rolesOf,
    tenant: (claims) => stringOf(claims, 'org_id'),
  },
};

/** Older sessions have one `role`; newer ones repeat it in `roles`. */
function rolesOf(claims: TokenClaims): readonly string[] {
  const role = stringOf(claims, 'role');
  return has(claims, 'roles') || role === undefined ? listOf(claims, 'roles') : [role];
}
