import type { SenderConstraint } from '../binding/sender-constraint.ts';
import type { Issuers } from '../issuers/issuers.ts';
import { type Clock, epochSeconds } from '../lib/clock.ts';
import type { CheckFailure, RequestCheck } from '../request/request-check.ts';
import { createRevocationCheck } from '../revocation/revocation-check.ts';
import type { ResolvedRevocation } from '../revocation/revocation-options.ts';
import type { FindQuery } from '../revocation/revocation-query.ts';
import { checkTime } from '../token/claims.ts';

/** What the checks look at beside the token and its request. */
export interface ChecksContext {
  readonly issuers: Issuers;
  readonly clock: Clock;
  readonly clockToleranceSec: number;
  /** `undefined` for a connection that is open already: its constraint held when it was opened. */
  readonly senderConstraint: SenderConstraint | undefined;
  /** `false` to look without any effect: no proof is marked as used. */
  readonly hasEffects: boolean;
  /** How revoked tokens are refused; `undefined` where none are. */
  readonly revocation?: ResolvedRevocation | undefined;
  /** Gives the question about a token to the store of revocations. */
  readonly queryOf?: FindQuery;
}

/**
 * What a verified token must pass on every request, in this order. The list is the whole of it: one
 * more check is one more line. What has an effect goes last, after anything that may say `read_again`.
 */
export function createChecks(context: ChecksContext): readonly RequestCheck[] {
  const { revocation, senderConstraint } = context;
  const { holds, markAsUsed } = senderConstraint ?? {};
  // What is not configured costs nothing.
  const introspects = (context.issuers.introspecting ?? []).length > 0;
  const recency = introspects ? [answerIsRecent(context)] : [];
  const notRevoked = revocation === undefined ? [] : [createRevocationCheck(revocation, context)];
  const effects = context.hasEffects && markAsUsed !== undefined ? [markAsUsed] : [];
  return [
    issuerIsCurrent(context),
    keyIsLive(),
    ...recency,
    timely(context),
    ...(holds === undefined ? [] : [holds]),
    ...notRevoked,
    ...effects,
  ];
}

function issuerIsCurrent({ issuers }: ChecksContext): RequestCheck {
  return {
    step: 'issuer',
    check: ({ issuer }) => (issuers.isCurrent(issuer) ? undefined : 'read_again'),
  };
}

function keyIsLive(): RequestCheck {
  return {
    step: 'key',
    check: ({ issuer, key }) =>
      key === undefined || issuer.keySet.isLive(key) ? undefined : 'read_again',
  };
}

/** An answer of the authorization server counts for a while; a clock that was set back must not prolong that. */
function answerIsRecent({ clock }: ChecksContext): RequestCheck {
  return {
    step: 'introspection',
    check({ cached, readAt, readAgainAt }) {
      if (!cached || readAt === undefined || readAgainAt === undefined) return undefined;
      const now = clock.now();
      return now >= readAt && now < readAgainAt ? undefined : 'read_again';
    },
  };
}

const EXPIRED: CheckFailure = Object.freeze({ reason: 'expired' });
const NOT_YET_VALID: CheckFailure = Object.freeze({ reason: 'not_yet_valid' });

function timely({ clock, clockToleranceSec }: ChecksContext): RequestCheck {
  return {
    step: 'claims',
    check({ principal, notBefore }) {
      const now = epochSeconds(clock);
      const untimely = checkTime(principal.expiresAt, notBefore, clockToleranceSec, now);
      if (untimely === undefined) return undefined;
      return untimely === 'expired' ? EXPIRED : NOT_YET_VALID;
    },
  };
}
