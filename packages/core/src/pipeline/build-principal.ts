import { ignoreRejection } from '../lib/callback-result.ts';
import { isPlainObject, isStringList } from '../lib/json.ts';
import { memoize } from '../lib/memoize.ts';
import { ownNumber, ownProperty, ownString } from '../lib/own-property.ts';
import type { Actor, Authentication, Principal, TokenClaims } from '../model/principal.ts';
import type { TokenHeader } from '../model/token-header.ts';
import type { Classification, Provider } from '../providers/provider.ts';
import { holdable } from '../request/held-token.ts';
import type { ClaimsRefusal } from '../token/claims.ts';
import { actorOf, statedActor } from './actor.ts';

const AMBIGUOUS: ClaimsRefusal = Object.freeze({ reason: 'principal_ambiguous' });
const NONE: readonly string[] = Object.freeze([]);
const NO_AUTHENTICATION: Authentication = Object.freeze({
  acr: undefined,
  amr: NONE,
  time: undefined,
});

/**
 * Makes the principal of a verified token, by the preset of its issuer. `claims` becomes `principal.claims`;
 * every other member is read from `token`, the token's own claims. The principal is frozen.
 *
 * Gives `principal_ambiguous` when the preset does not clearly say that the caller is a user or a client, and
 * `claim_malformed` when a list of the authority is not a list of strings, the tenant is not a string, or
 * the id cannot be encoded. An error that a function of the preset throws is not caught here.
 */
export function buildPrincipal(
  provider: Provider,
  classification: Classification,
  token: TokenClaims,
  header: TokenHeader,
  claims: object,
  source: Principal['source'] = 'jwt',
): Principal | ClaimsRefusal {
  const { kind } = classification;
  // A provider made by hand may answer anything else, such as a promise. That does not tell the kind.
  if (kind !== 'user' && kind !== 'client') {
    ignoreRejection(classification);
    return AMBIGUOUS;
  }
  const id = kind === 'user' ? classification.userId : classification.clientId;
  // Own members only: a `keyId` on a polluted prototype would give all callers the same key.
  const keyId = ownProperty(classification, 'keyId') ?? id;
  if (!isId(id) || !isId(keyId)) return AMBIGUOUS;

  const { authority } = provider;
  const scopes = authority.scopes(token, header);
  const permissions = authority.permissions?.(token) ?? NONE;
  const roles = authority.roles?.(token) ?? NONE;
  const groups = authority.groups?.(token) ?? NONE;
  const tenant = authority.tenant?.(token) ?? undefined;
  // The operator's own reader may give a claim of another type. With a string instead of a list, a part
  // of the string would match: `'superadmin'.includes('admin')` is true.
  const readable =
    isStringList(scopes) &&
    isStringList(permissions) &&
    isStringList(roles) &&
    isStringList(groups);
  if (!readable || !(tenant === undefined || typeof tenant === 'string')) {
    return unreadable({ scopes, permissions, roles, groups }, tenant);
  }

  const issuer = ownString(token, 'iss') ?? provider.issuer;
  const key = principalKey(kind, provider.name ?? issuer, keyId);
  if (key === undefined) return { reason: 'claim_malformed' };

  const common = holdable({
    key,
    issuer,
    audience: audienceOf(token),
    scopes: Object.freeze(scopes),
    permissions: Object.freeze(permissions),
    roles: Object.freeze(roles),
    groups: Object.freeze(groups),
    tenant,
    actor: actorFor(classification, provider, token),
    authentication: authenticationOf(token),
    confirmation: confirmationOf(token),
    sessionId: ownString(token, 'sid'),
    source,
    tokenId: ownString(token, 'jti'),
    issuedAt: ownNumber(token, 'iat'),
    expiresAt: token.exp ?? 0,
    claims: claims as TokenClaims,
  } as const);
  // Object.assign, because spreading `common` into a new object takes many times as long.
  return Object.freeze(
    classification.kind === 'user'
      ? Object.assign(common, {
          kind: 'user',
          userId: id,
          clientId: classification.clientId,
        } as const)
      : Object.assign(common, {
          kind: 'client',
          clientId: id,
          subject: ownProperty(classification, 'subject') ?? ownString(token, 'sub'),
          agent: ownProperty(classification, 'agent') === true,
        } as const),
  );
}

/** The refusal for an authority that cannot be read. It names the part: `scopes`, `roles`, `tenant`, … */
function unreadable(lists: Readonly<Record<string, unknown>>, tenant: unknown): ClaimsRefusal {
  // A reader must not be async. If one is, its promise may reject, and an unhandled rejection would end
  // the process.
  for (const read of [...Object.values(lists), tenant]) ignoreRejection(read);
  const [claim = 'tenant'] = Object.keys(lists).filter((name) => !isStringList(lists[name]));
  return { reason: 'claim_malformed', claim };
}

function actorFor(
  classification: Classification & { readonly kind: 'user' | 'client' },
  provider: Provider,
  token: TokenClaims,
): Actor | undefined {
  if (classification.kind === 'user') {
    const stated = ownProperty(classification, 'actor');
    if (stated !== undefined) return statedActor(stated);
  }
  return actorOf(token, provider.actorProfile);
}

function isId(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

const encodedName = memoize(encodeURIComponent, { entries: 256, maxLength: 512 });

/** `<kind>:<issuer name>:<id>`, or `undefined` for text that UTF-8 cannot encode (a lone surrogate). */
function principalKey(kind: 'user' | 'client', issuerName: string, id: string): string | undefined {
  try {
    return `${kind}:${encodedName(issuerName)}:${encodeURIComponent(id)}`;
  } catch {
    return undefined;
  }
}

function audienceOf(token: TokenClaims): readonly string[] {
  const audience = ownProperty(token, 'aud') ?? NONE;
  return typeof audience === 'string' ? Object.freeze([audience]) : audience;
}

function authenticationOf(token: TokenClaims): Authentication {
  const acr = ownString(token, 'acr');
  const time = ownNumber(token, 'auth_time');
  const amr: unknown = ownProperty(token, 'amr');
  if (acr === undefined && time === undefined && amr === undefined) return NO_AUTHENTICATION;
  return Object.freeze({ acr, amr: isStringList(amr) ? amr : NONE, time });
}

function confirmationOf(token: TokenClaims): Readonly<Record<string, unknown>> | undefined {
  const cnf: unknown = ownProperty(token, 'cnf');
  return isPlainObject(cnf) ? cnf : undefined;
}
