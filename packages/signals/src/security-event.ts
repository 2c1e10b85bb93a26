import type { SignalFault, TokenClaims } from '@authly/core';
import { isObject, type JsonObject, memberOf, textOf, timeOf } from './claim-readers.ts';

/** A security event whose signature holds. Deeply frozen. */
export interface SecurityEvent {
  /** The transmitter that sent it (`iss`). */
  readonly issuer: string;
  /** `jti`: unique for the transmitter. */
  readonly id: string;
  /** The URI of the event's type: the one member of `events`. */
  readonly type: string;
  /** The details of the event: the value of that member. */
  readonly payload: Readonly<Record<string, unknown>>;
  /** Whom or what it is about (`sub_id`, RFC 9493), unchanged. */
  readonly subject: unknown;
  /** When it happened, in seconds: `event_timestamp` (CAEP), else `toe`, else `iat`. */
  readonly occurredAt: number;
  /** Every claim. */
  readonly claims: TokenClaims;
}

/** Claims that a security event must not have, so that no other JWT passes (Shared Signals Framework 1.0). */
const FORBIDDEN = ['sub', 'exp'] as const;

/**
 * Reads a security event (RFC 8417 §2.2) from claims whose signature and `iss` were checked.
 *
 * Checks: `jti`, `iat` and `events` are there, with one event; `sub` and `exp` are not. Does not check
 * `aud`, the subject, or what the payload says.
 */
export function readSecurityEvent(
  issuer: string,
  claims: TokenClaims,
): SecurityEvent | SignalFault {
  if (FORBIDDEN.some((name) => Object.hasOwn(claims, name))) return 'claim_forbidden';
  if (['jti', 'iat', 'events'].some((name) => !Object.hasOwn(claims, name))) return 'claim_missing';
  const id = textOf(claims, 'jti');
  const issuedAt = timeOf(claims, 'iat');
  const event = onlyEvent(memberOf(claims, 'events'));
  if (id === undefined || issuedAt === undefined || event === undefined) return 'claim_malformed';
  const { type, payload } = event;
  return Object.freeze({
    issuer,
    id,
    type,
    payload,
    subject: memberOf(claims, 'sub_id'),
    // A time of a wrong type is ignored, so that the revocation is not lost. `iat` is later, and revokes more.
    occurredAt: timeOf(payload, 'event_timestamp') ?? timeOf(claims, 'toe') ?? issuedAt,
    claims,
  });
}

function onlyEvent(
  events: unknown,
): { readonly type: string; readonly payload: JsonObject } | undefined {
  if (!isObject(events)) return undefined;
  const [first, ...more] = Object.entries(events);
  if (first === undefined || more.length > 0) return undefined;
  const [type, payload] = first;
  return isObject(payload) ? { type, payload } : undefined;
}
