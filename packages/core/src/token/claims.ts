import { ignoreRejection, isTrue } from '../lib/callback-result.ts';
import { ownProperty } from '../lib/own-property.ts';
import type { TokenClaims } from '../model/principal.ts';
import type { AuthErrorReason } from '../model/reasons.ts';
import type { TokenFault } from '../model/token-fault.ts';
import type { TokenHeader } from '../model/token-header.ts';
import type { TypePolicy } from '../model/type-policy.ts';
import { type KnownClaims, knownClaims } from './known-claims.ts';

/**
 * The answer of a preset's own check. `true`: the token is an access token, and its caller may use this API. `false`: it
 * is not an access token. `caller_not_listed` and `audience_mismatch` are other reasons to refuse it.
 */
export type AcceptsAnswer = boolean | 'caller_not_listed' | 'audience_mismatch';

/** Why a token is refused, and which claim or value was expected. */
export interface ClaimsRefusal extends TokenFault {
  readonly reason: AuthErrorReason;
}

/** What the tokens of one issuer are checked against. Made once, at construction. */
export interface ClaimsPolicy {
  /** `aud` must contain one of these; `undefined` if the provider sends no `aud`. */
  readonly audience: readonly string[] | undefined;
  readonly types: TypePolicy;
  /** Names of the claims that must be present and not empty. */
  readonly requiredClaims: readonly string[];
  readonly clockToleranceSec: number;
  /** The preset's own check, if it has one. It runs last. */
  readonly accepts: ((claims: TokenClaims, header: TokenHeader) => AcceptsAnswer) | undefined;
}

/**
 * Checks the header `typ` and the claims of a token with a valid signature (RFC 9068 §4, RFC 7519 §7.2). Gives the
 * refusal, or `undefined` when the token is accepted.
 *
 * Checks `typ`, that the required claims are present, the types of claims, `aud`, `exp`, `nbf`, and the preset's own
 * rule (`accepts`). It also refuses tokens with claims that no access token has: `at_hash` and `c_hash` (an ID token,
 * OpenID Connect Core §3.1.3.6, §3.3.2.11) and `events` (a logout token or a security event, RFC 8417 §2.2). Some servers
 * sign such tokens with the same `typ` and `aud` as access tokens.
 *
 * Does not check `iss` (the issuer was found by it), nor `iat` against the time, nor who is calling. An error that
 * `accepts` throws is not caught here. A caller that has read the claims with {@link knownClaims} already gives them as
 * `known`.
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
  // By index, as `isStringList` says.
  for (let index = 0; index < requiredClaims.length; index++) {
    const name = requiredClaims[index] as string;
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

// If a claim is missing because this is an ID token, `type_not_accepted` is a better reason than `claim_missing`.
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

// Calls the preset's rule only to choose the reason. The claims may be incomplete, so its errors are ignored.
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

/** Checks `exp` and `nbf` (RFC 7519 §4.1.4, §4.1.5). All numbers are seconds. It runs on every request. */
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

// RFC 9068 §4: a media type, so upper and lower case are equal, and "application/" is optional (RFC 7515 §4.1.9).
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
  // By index, as `isStringList` says.
  for (let index = 0; index < aud.length; index++) {
    if (accepted.includes(aud[index] as string)) return true;
  }
  return false;
}
