import { ignoreRejection, isTrue } from '../lib/callback-result.ts';
import { ownProperty } from '../lib/own-property.ts';
import type { TokenClaims } from '../model/principal.ts';
import type { AuthErrorReason } from '../model/reasons.ts';
import type { TokenFault } from '../model/token-fault.ts';
import type { TokenHeader } from '../model/token-header.ts';
import type { TypePolicy } from '../model/type-policy.ts';
import { type KnownClaims, knownClaims } from './known-claims.ts';

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
 * `known` are the claims as {@link knownClaims} reads them, for a caller that has them already.
 */
export function checkClaims(
  claims: TokenClaims,
  header: TokenHeader,
  policy: ClaimsPolicy,
  nowSec: number,
  known: KnownClaims = knownClaims(claims),
): ClaimsRefusal | undefined {
  const { types, audience } = policy;
  if (!typeAccepted(header, types)) {
    const typeAbsent = !Object.hasOwn(header, 'typ') && { typeAbsent: true as const };
    return { reason: 'type_not_accepted', expectedTypes: types.accepted, ...typeAbsent };
  }
  if (known.isOfAnotherType) return { reason: 'type_not_accepted' };
  const { malformed, exp } = known;
  if (malformed !== undefined) return { reason: 'claim_malformed', claim: malformed };
  const missing = missingClaim(claims, known, policy);
  if (missing !== undefined || exp === undefined) {
    return withoutClaim(missing ?? 'exp', claims, header, policy);
  }
  if (audience !== undefined && !meantFor(known.aud, audience)) {
    return { reason: 'audience_mismatch', expectedAudience: audience };
  }
  const untimely = checkTime(exp, known.nbf, policy.clockToleranceSec, nowSec);
  if (untimely !== undefined) return { reason: untimely };
  return policy.accepts && refusalOf(policy.accepts(claims, header));
}

function missingClaim(
  claims: TokenClaims,
  known: KnownClaims,
  { requiredClaims, audience }: ClaimsPolicy,
): string | undefined {
  for (const name of requiredClaims) {
    const value = claimNamed(name, claims, known);
    if (value === undefined || value === '' || value === null) return name;
  }
  if (known.exp === undefined) return 'exp';
  return audience !== undefined && known.aud === undefined ? 'aud' : undefined;
}

/** A claim by its name, for claims whose types were checked. */
function claimNamed(name: string, claims: TokenClaims, known: KnownClaims): unknown {
  switch (name) {
    case 'aud':
      return known.aud;
    case 'sub':
      return known.sub;
    case 'client_id':
      return known.clientId;
    case 'iat':
      return known.iat;
    case 'jti':
      return known.jti;
    default:
      return ownProperty(claims, name);
  }
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
  if (types.accepted.includes(typ)) return true;
  const lower = typ.toLowerCase();
  return types.accepted.includes(lower.startsWith('application/') ? lower.slice(12) : lower);
}

function meantFor(aud: TokenClaims['aud'], accepted: readonly string[]): boolean {
  if (typeof aud === 'string') return accepted.includes(aud);
  if (aud === undefined) return false;
  for (const entry of aud) if (accepted.includes(entry)) return true;
  return false;
}
