import type { TokenClaims } from '../../src/model/principal.ts';
import type { TokenHeader } from '../../src/model/token-header.ts';
import { actorOf } from '../../src/pipeline/actor.ts';
import type { JsonObject } from '../../src/providers/internal/claim-readers.ts';
import type { Classification, Provider } from '../../src/providers/provider.ts';
import { checkClaims } from '../../src/token/claims.ts';

/** What a token is read as: exactly this, with nothing where a member is left out. */
export interface ExpectedReading {
  readonly kind: 'user' | 'client';
  /** `userId` or `clientId`. */
  readonly id: string;
  /** A user's client. */
  readonly clientId?: string;
  readonly scopes?: readonly string[];
  readonly permissions?: readonly string[];
  readonly roles?: readonly string[];
  readonly groups?: readonly string[];
  readonly tenant?: string;
  /** A client that is documented to be an agent. */
  readonly agent?: true;
  /** What stands for a client's `sub`. */
  readonly subject?: string;
  /** Who acts for the subject, where the provider says what it is. */
  readonly actor?: { readonly id: string; readonly profile: 'agent' | 'service' };
}

/** One token of a provider. */
export interface TokenCase {
  readonly name: string;
  /** Who really called: no test may ever see a `client` read as a user. */
  readonly truth: 'user' | 'client';
  readonly header: TokenHeader;
  /** As they arrive: of any type. */
  readonly claims: JsonObject;
  readonly expect: ExpectedReading | 'refused';
  /** No provider issues it: only its own preset is asked about it. */
  readonly contrived?: true;
  /** Claims without which the token is one of the other kind: no rule can see that all were taken out. */
  readonly onlyMarks?: readonly string[];
  /**
   * Where the token needs other options than the table's. Made by whoever asks, inside a test: what is
   * made when the tables load is charged to no test.
   */
  readonly provider?: () => Provider;
  /** `requires` of the table, for the options of `provider`, where it is another. */
  readonly requires?: readonly string[];
}

/** The tokens of one provider, and how its preset is set up for them. */
export interface TokenTable {
  /** The preset's name as it is exported. */
  readonly preset: string;
  /** Documentation or source that the shapes are taken from; their values are invented. */
  readonly sources: readonly string[];
  /** The preset for an issuer, with every list of callers filled as the tokens need it. */
  readonly create: (issuer: string) => Provider;
  /** `iss` of the tokens, as far as the preset needs one. */
  readonly issuer: string;
  /** What the API accepts as `aud`. */
  readonly audience: readonly string[];
  /** Claims without any of which every token is refused for that, written out again. */
  readonly requires: readonly string[];
  readonly tokens: readonly TokenCase[];
  /** The provider issues tokens of users only, or of machines only. */
  readonly oneKind?: true;
  /** Its JWTs, if it has any, are all refused: who calls is known by introspection alone. */
  readonly introspectionAlone?: true;
  /**
   * The rule *is* the comparison of `sub` with the client's id, both of which the server writes: no
   * rule can see that the two were exchanged for others.
   */
  readonly byComparison?: true;
  /** The rule is a function of the operator's own, so that it reads whatever tokens it is made for. */
  readonly operatorRule?: true;
  /** Claims that the rule rests on, and that nobody but this provider can bring into a token. */
  readonly reserved?: readonly string[];
}

/** The claims `iat` and `exp` of every token. */
export const TIMES = { iat: 1_790_000_000, exp: 1_790_003_600 } as const;

/** When the tokens are read. */
const NOW_SEC = 1_790_000_100;

/** The audience of most tokens. */
export const API = 'https://api.parcels.example';

/** Keys are of no interest to a preset. */
export const NO_KEYS = { keys: [] } as const;

/** Claims without some of them. */
export function without(claims: JsonObject, ...names: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(claims).filter(([name]) => !names.includes(name)));
}

/** Reads a token as a resource server does once its signature holds. */
export function read(
  provider: Provider,
  token: Pick<TokenCase, 'claims' | 'header'>,
  audience: readonly string[],
): ExpectedReading | 'refused' {
  return refusalOf(provider, token, audience) === undefined
    ? classified(provider, token)
    : 'refused';
}

/** Why the claims are refused, before anybody asks who is calling. */
export function refusalOf(
  provider: Provider,
  token: Pick<TokenCase, 'claims' | 'header'>,
  audience: readonly string[],
): ReturnType<typeof checkClaims> {
  const policy = {
    audience: provider.audienceClaim === 'required' ? audience : undefined,
    types: provider.types,
    requiredClaims: provider.requiredClaims,
    clockToleranceSec: 0,
    accepts: provider.accepts,
  };
  return checkClaims(claimsOf(token), token.header, policy, NOW_SEC);
}

/** Reads a token by the preset's own functions alone. */
export function classified(
  provider: Provider,
  token: Pick<TokenCase, 'claims' | 'header'>,
): ExpectedReading | 'refused' {
  const { header } = token;
  const claims = claimsOf(token);
  const who = provider.classify(claims, header);
  if (who.kind === 'unknown') return 'refused';
  const { authority } = provider;
  const scopes = authority.scopes(claims, header);
  if (scopes === undefined) return 'refused';
  const lists = {
    scopes,
    permissions: authority.permissions?.(claims) ?? [],
    roles: authority.roles?.(claims) ?? [],
    groups: authority.groups?.(claims) ?? [],
  };
  const tenant = authority.tenant?.(claims);
  return {
    kind: who.kind,
    id: who.kind === 'user' ? who.userId : who.clientId,
    ...(who.kind === 'user' && who.clientId !== undefined ? { clientId: who.clientId } : {}),
    ...Object.fromEntries(Object.entries(lists).filter(([, list]) => list.length > 0)),
    ...(tenant === undefined ? {} : { tenant }),
    ...(who.kind === 'client' && who.agent === true ? { agent: true } : {}),
    ...(who.kind === 'client' && who.subject !== undefined ? { subject: who.subject } : {}),
    ...actorIn(provider, who, claims),
  };
}

function actorIn(
  provider: Provider,
  who: Classification,
  claims: TokenClaims,
): Pick<ExpectedReading, 'actor'> {
  const stated = who.kind === 'user' ? who.actor : undefined;
  const actor = actorOf(claims, provider.actorProfile);
  const profile = stated?.profile ?? actor?.profile ?? 'unknown';
  if (profile === 'unknown') return {};
  return { actor: { id: stated?.clientId ?? actor?.subject ?? '', profile } };
}

/** The one place where what arrives is taken for claims, as the parser of tokens does. */
export function claimsOf({ claims }: Pick<TokenCase, 'claims'>): TokenClaims {
  return claims as TokenClaims;
}
