import { isTrue } from '../lib/callback-result.ts';
import { isPlainObject } from '../lib/json.ts';
import { ownProperty } from '../lib/own-property.ts';
import type { TokenClaims } from '../model/principal.ts';
import type { TokenHeader } from '../model/token-header.ts';
import type { IntrospectedRule, Provider } from '../providers/provider.ts';
import { type ClaimsPolicy, type ClaimsRefusal, checkClaims } from '../token/claims.ts';

/** What an answer is held against; made once, at construction. */
export interface AnswerPolicy {
  /** The claims' checks of RFC 7519, with the preset's own marks of an access token. */
  readonly claims: ClaimsPolicy;
  readonly isAudienceRequired: boolean;
  /** Whether an `iss` is that of the configured issuer. */
  readonly names: (claims: TokenClaims) => boolean;
}

/** An answer has no header: nothing of a token's own can be read from it. */
export const NO_HEADER: TokenHeader = Object.freeze({});

const NO_TYPE = Object.freeze({ accepted: Object.freeze([]), optional: true });

/** What answers about an issuer's tokens are held against. */
export function answerPolicy(
  provider: Provider,
  rule: IntrospectedRule,
  options: {
    readonly audience: readonly string[] | undefined;
    readonly isAudienceRequired: boolean;
    readonly clockToleranceSec: number;
  },
): AnswerPolicy {
  const { issuer, names, audienceClaim } = provider;
  // Without `aud` the provider's own check stands in its stead, and holds here, too.
  const instead = audienceClaim === 'absent' ? provider.accepts : undefined;
  return Object.freeze<AnswerPolicy>({
    claims: Object.freeze<ClaimsPolicy>({
      audience: options.audience,
      types: NO_TYPE,
      requiredClaims: rule.requiredMembers,
      clockToleranceSec: options.clockToleranceSec,
      accepts: (claims: TokenClaims) => {
        if (!isTrue(rule.accepts(claims))) return false;
        return instead === undefined ? true : instead(claims, NO_HEADER);
      },
    }),
    isAudienceRequired: options.isAudienceRequired,
    names: (claims) =>
      names === undefined ? ownProperty(claims, 'iss') === issuer : isTrue(names(claims)),
  });
}

/**
 * The claims of an active answer, without what is not a claim: `active`, and Keycloak's `jwt`, which is a
 * whole access token.
 */
export function claimsOfAnswer(answer: Readonly<Record<string, unknown>>): TokenClaims {
  const { active: _active, jwt: _jwt, ...claims } = answer;
  return Object.freeze(claims);
}

/**
 * Checks the claims of an active answer as those of a JWT are checked (RFC 7662 §2.2, RFC 7519 §4), by
 * the preset's rule. Gives why the token is refused, or `undefined`.
 *
 * Checks: types of claims, `iss` when there, `token_type` when there and whether it fits `cnf`, required
 * members, `exp` (required), `nbf`, `aud` (required unless it is trusted), and that the answer is about an
 * access token. Does not check who is calling, nor any proof of possession.
 */
export function checkAnswer(
  claims: TokenClaims,
  policy: AnswerPolicy,
  nowSec: number,
): ClaimsRefusal | undefined {
  if (Object.hasOwn(claims, 'auth_time') && !Number.isFinite(claims['auth_time'])) {
    return { reason: 'claim_malformed', claim: 'auth_time' };
  }
  const iss: unknown = ownProperty(claims, 'iss');
  if (iss !== undefined) {
    if (typeof iss !== 'string') return { reason: 'claim_malformed', claim: 'iss' };
    if (!policy.names(claims)) return { reason: 'issuer_unknown' };
  }
  const type = checkTokenType(claims);
  if (type !== undefined) return type;
  const withoutAudience = !policy.isAudienceRequired && !Object.hasOwn(claims, 'aud');
  const checked = withoutAudience ? { ...policy.claims, audience: undefined } : policy.claims;
  return checkClaims(claims, NO_HEADER, checked, nowSec);
}

const OTHER_TYPE: ClaimsRefusal = Object.freeze({
  reason: 'type_not_accepted',
  claim: 'token_type',
});

// RFC 9449 §6.2: a token that is bound to a key is of type DPoP, and no other is.
function checkTokenType(claims: TokenClaims): ClaimsRefusal | undefined {
  if (!Object.hasOwn(claims, 'token_type')) return undefined;
  const type = claims['token_type'];
  if (typeof type !== 'string') return { reason: 'claim_malformed', claim: 'token_type' };
  const cnf: unknown = ownProperty(claims, 'cnf');
  const isKeyBound = isPlainObject(cnf) && Object.hasOwn(cnf, 'jkt');
  switch (type.toLowerCase()) {
    case 'dpop':
      return isKeyBound ? undefined : OTHER_TYPE;
    case 'bearer':
      return isKeyBound ? OTHER_TYPE : undefined;
    default:
      return OTHER_TYPE;
  }
}
