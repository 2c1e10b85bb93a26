import { ignoreRejection } from '../../lib/callback-result.ts';
import { ConfigurationError } from '../../model/errors.ts';
import type { TokenClaims } from '../../model/principal.ts';
import type { TokenHeader } from '../../model/token-header.ts';
import type { Classification, Classify } from '../provider.ts';
import { claimOf, clientIdOf, isObject, type JsonObject, stringOf } from './claim-readers.ts';
import { asAgent, asClient, asUnknown, asUser } from './classification.ts';

/** Who a token speaks for, as the operator's own function sees it. */
export type CustomVerdict =
  | 'user'
  | 'client'
  | 'refuse'
  | {
      readonly kind: 'user';
      readonly userId: string;
      readonly clientId?: string | undefined;
    }
  | {
      readonly kind: 'client';
      readonly clientId: string;
      /** The caller is software that acts on its own, an AI agent. */
      readonly agent?: boolean | undefined;
    }
  | { readonly kind: 'refuse' };

/**
 * The operator's own rule. It sees the claims and header of a verified token (own properties only)
 * and answers at once, from these alone. What it throws makes the request fail with 503.
 */
export type CustomClassify = (claims: TokenClaims, header: TokenHeader) => CustomVerdict;

/** Reads an id from verified claims; `undefined` or an empty string when it is not there. */
export type IdReader = (claims: TokenClaims) => string | undefined;

/** Which ids belong to the verdicts `user` and `client`. */
export interface CustomIds {
  readonly userId?: IdReader | undefined;
  /** Of a client, and of a user's client unless `userClientId` says otherwise. */
  readonly clientId?: IdReader | undefined;
  readonly userClientId?: IdReader | undefined;
}

const REFUSED = asUnknown('the configured classify function refuses the token');
const NO_VERDICT = asUnknown('the configured classify function gave no verdict');
const USER_RULE = 'the configured classify function says user';
const CLIENT_RULE = 'the configured classify function says client';
const AGENT_RULE = 'the configured classify function says client, an agent';

/**
 * The operator's function as a preset's rule. A verdict of another shape (nothing, a promise, an
 * unknown string, an empty id) is unknown, and the token is refused. An exception is not caught.
 */
export function customClassify(preset: string, classify: unknown, ids: CustomIds = {}): Classify {
  if (!isFunction(classify)) {
    throw new ConfigurationError(
      `${preset}: classify must be a function; write classify: (claims) => claims.kind === 'person' ? 'user' : claims.kind === 'service' ? 'client' : 'refuse'`,
    );
  }
  const { userId = subjectOf, clientId = clientIdOf, userClientId = clientId } = ids;
  return (givenClaims, givenHeader) => {
    const claims = ownOnly(givenClaims);
    const verdict = classify(claims, ownOnly(givenHeader));
    if (verdict === 'user') {
      return asUser(idOf(userId(claims)), idOf(userClientId(claims)), USER_RULE);
    }
    if (verdict === 'client') return asClient(idOf(clientId(claims)), CLIENT_RULE);
    return verdict === 'refuse' ? REFUSED : fromObject(verdict);
  };
}

function fromObject(verdict: unknown): Classification {
  ignoreRejection(verdict);
  if (!isObject(verdict)) return NO_VERDICT;
  const kind = claimOf(verdict, 'kind');
  if (kind === 'refuse') return REFUSED;
  const clientId = stringOf(verdict, 'clientId');
  if (kind === 'client') {
    return claimOf(verdict, 'agent') === true
      ? asAgent(clientId, AGENT_RULE)
      : asClient(clientId, CLIENT_RULE);
  }
  if (kind !== 'user') return NO_VERDICT;
  const hasBadClientId = clientId === undefined && claimOf(verdict, 'clientId') !== undefined;
  return hasBadClientId ? NO_VERDICT : asUser(stringOf(verdict, 'userId'), clientId, USER_RULE);
}

/**
 * A copy without a prototype: the operator's rule reads `claims.kind`, and must not see what other code has put
 * on `Object.prototype`.
 */
function ownOnly(members: JsonObject): JsonObject {
  return Object.freeze({ __proto__: null, ...members });
}

function subjectOf(claims: TokenClaims): string | undefined {
  return stringOf(claims, 'sub');
}

function idOf(id: unknown): string | undefined {
  ignoreRejection(id);
  return typeof id === 'string' && id !== '' ? id : undefined;
}

function isFunction(
  value: unknown,
): value is (claims: TokenClaims, header: TokenHeader) => unknown {
  return typeof value === 'function';
}
