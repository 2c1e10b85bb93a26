import { ignoreRejection } from '../lib/callback-result.ts';
import { isPlainObject, isStringList } from '../lib/json.ts';
import { memoize } from '../lib/memoize.ts';
import { ownProperty } from '../lib/own-property.ts';
import type { Actor, Authentication, Principal, TokenClaims } from '../model/principal.ts';
import type { TokenHeader } from '../model/token-header.ts';
import { NONE } from '../providers/internal/claim-readers.ts';
import type { Classification, Provider } from '../providers/provider.ts';
import { holdable } from '../request/held-token.ts';
import type { ClaimsRefusal } from '../token/claims.ts';
import { type KnownClaims, knownClaims } from '../token/known-claims.ts';
import { actorOf, statedActor } from './actor.ts';

const AMBIGUOUS: ClaimsRefusal = Object.freeze({ reason: 'principal_ambiguous' });
const NO_AUTHENTICATION: Authentication = Object.freeze({
  acr: undefined,
  amr: NONE,
  time: undefined,
});

/**
 * Makes the principal of a verified token, by the preset of its issuer. `claims` becomes `principal.claims`;
 * every other member is read from `token`, the token's own claims. A caller that has read those with
 * {@link knownClaims} already gives them as `known`. The principal is frozen.
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
  known: KnownClaims = knownClaims(token),
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

  const issuer = known.iss ?? provider.issuer;
  const key = principalKey(kind, provider.name ?? issuer, keyId);
  if (key === undefined) return { reason: 'claim_malformed' };

  // Each kind has its own literal, because members that are added later cost more than all others
  // together.
  const principal: Principal<unknown> =
    classification.kind === 'user'
      ? {
          key,
          issuer,
          audience: audienceOf(known),
          scopes: frozen(scopes),
          permissions: frozen(permissions),
          roles: frozen(roles),
          groups: frozen(groups),
          tenant,
          actor: actorOfUser(classification, provider, token, known),
          authentication: authenticationOf(known),
          confirmation: confirmationOf(known),
          sessionId: known.sid,
          source,
          tokenId: known.jti,
          issuedAt: known.iat,
          expiresAt: known.exp ?? 0,
          claims,
          kind: 'user',
          userId: id,
          clientId: classification.clientId,
        }
      : {
          key,
          issuer,
          audience: audienceOf(known),
          scopes: frozen(scopes),
          permissions: frozen(permissions),
          roles: frozen(roles),
          groups: frozen(groups),
          tenant,
          actor: actorIn(provider, token, known),
          authentication: authenticationOf(known),
          confirmation: confirmationOf(known),
          sessionId: known.sid,
          source,
          tokenId: known.jti,
          issuedAt: known.iat,
          expiresAt: known.exp ?? 0,
          claims,
          kind: 'client',
          clientId: id,
          subject: ownProperty(classification, 'subject') ?? known.sub,
          agent: ownProperty(classification, 'agent') === true,
        };
  return Object.freeze(holdable(principal)) as Principal;
}

/** The refusal for an authority that cannot be read. It names the part: `scopes`, `roles`, `tenant`, … */
function unreadable(lists: Readonly<Record<string, unknown>>, tenant: unknown): ClaimsRefusal {
  // A reader must not be async. If one is, its promise may reject, and an unhandled rejection would end
  // the process.
  for (const read of [...Object.values(lists), tenant]) ignoreRejection(read);
  const [claim = 'tenant'] = Object.keys(lists).filter((name) => !isStringList(lists[name]));
  return { reason: 'claim_malformed', claim };
}

function actorOfUser(
  classification: Classification & { readonly kind: 'user' },
  provider: Provider,
  token: TokenClaims,
  known: KnownClaims,
): Actor | undefined {
  const stated = ownProperty(classification, 'actor');
  return stated === undefined ? actorIn(provider, token, known) : statedActor(stated);
}

function actorIn(provider: Provider, token: TokenClaims, known: KnownClaims): Actor | undefined {
  return known.act === undefined ? undefined : actorOf(token, provider.actorProfile);
}

/**
 * Tokens of a preset share its lists, which are frozen already. So the latest list is compared
 * first.
 */
function frozen(list: readonly string[]): readonly string[] {
  if (list !== NONE && list !== latestList) latestList = Object.freeze(list);
  return list;
}

let latestList = NONE;

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

function audienceOf({ aud = NONE }: KnownClaims): readonly string[] {
  return typeof aud === 'string' ? Object.freeze([aud]) : aud;
}

function authenticationOf({ acr, amr, authTime: time }: KnownClaims): Authentication {
  if (acr === undefined && time === undefined && amr === undefined) return NO_AUTHENTICATION;
  return Object.freeze({ acr, amr: isStringList(amr) ? amr : NONE, time });
}

function confirmationOf({ cnf }: KnownClaims): Readonly<Record<string, unknown>> | undefined {
  return isPlainObject(cnf) ? cnf : undefined;
}
