import { isTrue } from '../lib/callback-result.ts';
import { isPlainObject } from '../lib/json.ts';
import { ownProperty } from '../lib/own-property.ts';
import type { TokenClaims } from '../model/principal.ts';
import type { TokenHeader } from '../model/token-header.ts';
import type { IntrospectedRule, Provider } from '../providers/provider.ts';
import { type ClaimsPolicy, type ClaimsRefusal, checkClaims } from '../token/claims.ts';

/** What an answer is checked against. Made once, at construction. */
export interface AnswerPolicy {
  /** The checks of claims (RFC 7519), with the preset's own rule for what is an access token. */
  readonly claims: ClaimsPolicy;
  readonly isAudienceRequired: boolean;
  /** Whether the `iss` of these claims belongs to the configured issuer. */
  readonly names: (claims: TokenClaims) => boolean;
}

/** An introspected token has no header that could be read. */
export const NO_HEADER: TokenHeader = Object.freeze({});

const NO_TYPE = Object.freeze({ accepted: Object.freeze([]), optional: true });

/** Makes the policy that answers about the tokens of one issuer are checked against. */
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
  // A provider without `aud` has another check in its place. That check applies to answers, too.
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
 * Gives the claims of an active answer: all members except `active`, and except Keycloak's `jwt`, which contains
 * a whole access token.
 */
export function claimsOfAnswer(answer: Readonly<Record<string, unknown>>): TokenClaims {
  const { active: _active, jwt: _jwt, ...claims } = answer;
  return Object.freeze(claims);
}

/**
 * Checks the claims of an active answer as if they were the claims of a JWT (RFC 7662 §2.2, RFC 7519 §4). Gives
 * the refusal, or `undefined` when they are accepted.
 *
 * Checks the types of the claims, `iss` if present, `token_type` if present and that it fits `cnf`, the members that
 * the preset requires, `exp` (required), `nbf`, `aud` (required, unless the option `audience` is `trusted`), and
 * that the answer is about an access token. Does not check who is calling, and no proof of possession.
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

// RFC 9449 §6.2: the type is DPoP exactly when the token is bound to a key.
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
