import type { SignalFault, TokenClaims } from '@authly/core';
import { audiencesOf, isObject, memberOf, textOf, timeOf } from './claim-readers.ts';

/** A logout token whose signature holds. */
export interface LogoutToken {
  /** `jti`. */
  readonly id: string;
  /** `iat`, in seconds. */
  readonly issuedAt: number;
  /** Who was logged out; `undefined` when only the session is named. */
  readonly subject: string | undefined;
  /** The session that has ended; `undefined` when the user was logged out everywhere. */
  readonly sessionId: string | undefined;
}

/** What a logout token is compared with. */
export interface LogoutTokenContext {
  readonly clientId: string;
  readonly nowSec: number;
}

const LOGOUT_EVENT = 'http://schemas.openid.net/event/backchannel-logout';
const REQUIRED = ['aud', 'iat', 'jti', 'events'] as const;
/** Hydra sends no `exp`. Then `iat` may differ from the current time by at most this, in seconds. */
const FRESH_SEC = 120;

/**
 * Reads a logout token (OpenID Connect Back-Channel Logout 1.0 §2.4, §2.6) from claims whose signature, `iss`
 * and `exp`, where there is one, were checked.
 *
 * Checks: `aud` names the client; `iat`, `jti`, the logout event, and `sub` or `sid` are there; `nonce` is not
 * there, so that no ID token passes; without `exp`, `iat` is recent. Other members of `events` may be anything.
 */
export function readLogoutToken(
  claims: TokenClaims,
  { clientId, nowSec }: LogoutTokenContext,
): LogoutToken | SignalFault {
  if (Object.hasOwn(claims, 'nonce')) return 'claim_forbidden';
  if (REQUIRED.some((name) => !Object.hasOwn(claims, name))) return 'claim_missing';
  if (!(Object.hasOwn(claims, 'sub') || Object.hasOwn(claims, 'sid'))) return 'claim_missing';
  if (audiencesOf(claims)?.includes(clientId) !== true) return 'audience_mismatch';
  const events = memberOf(claims, 'events');
  if (!isObject(events) || !isObject(memberOf(events, LOGOUT_EVENT))) return 'claim_malformed';
  const id = textOf(claims, 'jti');
  const issuedAt = timeOf(claims, 'iat');
  if (id === undefined || issuedAt === undefined) return 'claim_malformed';
  const isFresh = Math.abs(nowSec - issuedAt) <= FRESH_SEC;
  if (!(Object.hasOwn(claims, 'exp') || isFresh)) return 'not_timely';
  const subject = textOf(claims, 'sub');
  const sessionId = textOf(claims, 'sid');
  const isOfOtherType =
    (Object.hasOwn(claims, 'sub') && subject === undefined) ||
    (Object.hasOwn(claims, 'sid') && sessionId === undefined);
  return isOfOtherType ? 'claim_malformed' : { id, issuedAt, subject, sessionId };
}
