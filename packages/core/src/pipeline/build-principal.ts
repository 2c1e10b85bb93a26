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
 * Makes the frozen principal of a verified token, by the preset bound to its issuer. `claims` is
 * what the application sees; everything else is read from the token's own claims.
 *
 * Refuses (`principal_ambiguous`) whatever the preset does not positively know to be a user or a
 * client, and `claim_malformed` what it cannot read. What `classify` throws passes through.
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
  // Whatever else a hand-made provider answers, a promise included, is not positive knowledge.
  if (kind !== 'user' && kind !== 'client') {
    ignoreRejection(classification);
    return AMBIGUOUS;
  }
  const id = kind === 'user' ? classification.userId : classification.clientId;
  // An own member: a polluted prototype would make one key of all callers.
  const keyId = ownProperty(classification, 'keyId') ?? id;
  if (!isId(id) || !isId(keyId)) return AMBIGUOUS;

  const { authority } = provider;
  const scopes = authority.scopes(token, header);
  const permissions = authority.permissions?.(token) ?? NONE;
  const roles = authority.roles?.(token) ?? NONE;
  const groups = authority.groups?.(token) ?? NONE;
  const tenant = authority.tenant?.(token) ?? undefined;
  // An operator's own reader may hand on a claim of another type: a string in the place of a list
  // would match its own parts (`'superadmin'.includes('admin')`).
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
  // Object.assign, since spreading `common` into a new literal costs many times as much.
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

/** Names the part of the authority that cannot be read. */
function unreadable(lists: Readonly<Record<string, unknown>>, tenant: unknown): ClaimsRefusal {
  // None of these may be async; a rejection that nobody handles would end the process.
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

/** `<kind>:<issuer name>:<id>`, or `undefined` for text that has no UTF-8 (lone surrogates). */
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
