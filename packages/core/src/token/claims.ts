import { ignoreRejection, isTrue } from '../lib/callback-result.ts';
import { isStringList } from '../lib/json.ts';
import { ownProperty } from '../lib/own-property.ts';
import type { TokenClaims } from '../model/principal.ts';
import type { AuthErrorReason } from '../model/reasons.ts';
import type { TokenFault } from '../model/token-fault.ts';
import type { TokenHeader } from '../model/token-header.ts';
import type { TypePolicy } from '../model/type-policy.ts';

/**
 * Whether a token has the provider's own marks of an access token, and comes from a caller that is listed for
 * this API: `true`, or the reason why not. `false` means that it is not an access token.
 */
export type AcceptsAnswer = boolean | 'caller_not_listed' | 'audience_mismatch';

/** Why a token is refused, and what it lacks. */
export interface ClaimsRefusal extends TokenFault {
  readonly reason: AuthErrorReason;
}

/** What an issuer's tokens must hold; made once, at construction. */
export interface ClaimsPolicy {
  /** Any one of these must be in `aud`; `undefined` where the provider sends no `aud`. */
  readonly audience: readonly string[] | undefined;
  readonly types: TypePolicy;
  readonly requiredClaims: readonly string[];
  readonly clockToleranceSec: number;
  readonly accepts: ((claims: TokenClaims, header: TokenHeader) => AcceptsAnswer) | undefined;
}

/**
 * Checks header type and claims of a token whose signature holds (RFC 9068 §4, RFC 7519 §7.2).
 *
 * Checks: `typ`, presence and types of claims, `aud`, `exp`, `nbf`, and the provider's own marks.
 * Also refuses claims that access tokens do not have: `at_hash` and `c_hash` (an ID token,
 * OpenID Connect Core §3.1.3.6 and §3.3.2.11), `events` (a logout token or a security event, RFC 8417
 * §2.2). Some servers sign those under the same `typ` and `aud`.
 * Does not check: `iss` (the issuer was found by it), `iat` against the time, and who is calling.
 */
export function checkClaims(
  claims: TokenClaims,
  header: TokenHeader,
  policy: ClaimsPolicy,
  nowSec: number,
): ClaimsRefusal | undefined {
  const { types, audience } = policy;
  if (!typeAccepted(header, types)) {
    const typeAbsent = !Object.hasOwn(header, 'typ') && { typeAbsent: true as const };
    return { reason: 'type_not_accepted', expectedTypes: types.accepted, ...typeAbsent };
  }
  if (isOfAnotherType(claims)) return { reason: 'type_not_accepted' };
  const malformed = illTyped(claims);
  if (malformed !== undefined) return { reason: 'claim_malformed', claim: malformed };
  const missing = missingClaim(claims, policy);
  if (missing !== undefined || claims.exp === undefined) {
    return withoutClaim(missing ?? 'exp', claims, header, policy);
  }
  if (audience !== undefined && !meantFor(claims.aud, audience)) {
    return { reason: 'audience_mismatch', expectedAudience: audience };
  }
  const untimely = checkTime(claims.exp, notBefore(claims), policy.clockToleranceSec, nowSec);
  if (untimely !== undefined) return { reason: untimely };
  return policy.accepts && refusalOf(policy.accepts(claims, header));
}

function missingClaim(claims: TokenClaims, policy: ClaimsPolicy): string | undefined {
  for (const name of policy.requiredClaims) {
    if (!Object.hasOwn(claims, name) || claims[name] === '' || claims[name] === null) return name;
  }
  if (!Object.hasOwn(claims, 'exp')) return 'exp';
  return policy.audience !== undefined && !Object.hasOwn(claims, 'aud') ? 'aud' : undefined;
}

// The type is checked first: for an ID token, "wrong type" is a better reason than "claim missing".
function withoutClaim(
  claim: string,
  claims: TokenClaims,
  header: TokenHeader,
  { accepts, audience }: ClaimsPolicy,
): ClaimsRefusal {
  if (isOfAnotherKind(claims, header, accepts)) return { reason: 'type_not_accepted', claim };
  return claim === 'aud' && audience !== undefined
    ? { reason: 'claim_missing', claim, expectedAudience: audience }
    : { reason: 'claim_missing', claim };
}

// Called here with claims that may be incomplete, only to choose the reason: what it throws is not an outage.
function isOfAnotherKind(
  claims: TokenClaims,
  header: TokenHeader,
  accepts: ClaimsPolicy['accepts'],
): boolean {
  try {
    const answer: unknown = accepts?.(claims, header);
    ignoreRejection(answer);
    return answer === false;
  } catch {
    return false;
  }
}

function refusalOf(answer: AcceptsAnswer): ClaimsRefusal | undefined {
  if (isTrue(answer)) return undefined;
  if (answer === 'caller_not_listed' || answer === 'audience_mismatch') return { reason: answer };
  return { reason: 'type_not_accepted' };
}

/** Checks `exp` and `nbf` (RFC 7519 §4.1.4, §4.1.5): again on every use of a cached token. */
export function checkTime(
  exp: number,
  nbf: number | undefined,
  clockToleranceSec: number,
  nowSec: number,
): 'expired' | 'not_yet_valid' | undefined {
  if (exp <= nowSec - clockToleranceSec) return 'expired';
  if (nbf !== undefined && nbf > nowSec + clockToleranceSec) return 'not_yet_valid';
  return undefined;
}

/** `nbf` of claims whose types were checked. */
export function notBefore(claims: TokenClaims): number | undefined {
  return ownProperty(claims, 'nbf');
}

// RFC 9068 §4: media type without case, "application/" optional (RFC 7515 §4.1.9).
function typeAccepted(header: TokenHeader, types: TypePolicy): boolean {
  if (!Object.hasOwn(header, 'typ')) return types.optional;
  const typ = header['typ'];
  if (typeof typ !== 'string') return false;
  const lower = typ.toLowerCase();
  return types.accepted.includes(lower.startsWith('application/') ? lower.slice(12) : lower);
}

function isOfAnotherType(claims: TokenClaims): boolean {
  return (
    Object.hasOwn(claims, 'at_hash') ||
    Object.hasOwn(claims, 'c_hash') ||
    Object.hasOwn(claims, 'events')
  );
}

// Types are checked, never coerced: a claim of another type refuses the token.
function illTyped(claims: TokenClaims): string | undefined {
  for (const name in claims) {
    if (!fitsItsClaim(name, claims[name]) && Object.hasOwn(claims, name)) return name;
  }
  return undefined;
}

function fitsItsClaim(name: string, value: unknown): boolean {
  switch (name) {
    case 'iss':
    case 'sub':
    case 'jti':
    case 'client_id':
      return typeof value === 'string';
    case 'exp':
    case 'nbf':
    case 'iat':
      // 1e309 is valid JSON and parses to Infinity.
      return Number.isFinite(value);
    case 'aud':
      return typeof value === 'string' || isStringList(value);
    default:
      return true;
  }
}

function meantFor(aud: TokenClaims['aud'], accepted: readonly string[]): boolean {
  if (typeof aud === 'string') return accepted.includes(aud);
  if (aud === undefined) return false;
  for (const entry of aud) if (accepted.includes(entry)) return true;
  return false;
}
