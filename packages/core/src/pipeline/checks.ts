import type { SenderConstraint } from '../binding/sender-constraint.ts';
import type { Issuers } from '../issuers/issuers.ts';
import { type Clock, epochSeconds } from '../lib/clock.ts';
import type { CheckFailure, RequestCheck } from '../request/request-check.ts';
import { createRevocationCheck } from '../revocation/revocation-check.ts';
import type { ResolvedRevocation } from '../revocation/revocation-options.ts';
import type { FindQuery } from '../revocation/revocation-query.ts';
import { checkTime } from '../token/claims.ts';

/** What the checks use besides the token and its request. */
export interface ChecksContext {
  readonly issuers: Issuers;
  readonly clock: Clock;
  readonly clockToleranceSec: number;
  /** `undefined` for the re-check of an open connection: the constraint was checked when it was opened. */
  readonly senderConstraint: SenderConstraint | undefined;
  /** With `false` no proof is marked as used, so that the checks have no effect. */
  readonly hasEffects: boolean;
  /** How revoked tokens are found; `undefined` when revocation is not configured. */
  readonly revocation?: ResolvedRevocation | undefined;
  /** Makes the question about a token that the revocation store is asked. */
  readonly queryOf?: FindQuery;
}

/**
 * Makes the list of checks that a verified token must pass on every request, in this order. There are no
 * checks outside this list: to add one, add a line. A check with an effect goes last, after every check
 * that may answer `read_again`.
 */
export function createChecks(context: ChecksContext): readonly RequestCheck[] {
  const { revocation, senderConstraint } = context;
  const { holds, markAsUsed } = senderConstraint ?? {};
  // A feature that is not configured adds no check, and so costs nothing.
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

/** A cached answer of the authorization server counts until `readAgainAt`, also when the clock was set back. */
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
