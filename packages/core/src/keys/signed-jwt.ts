import { type Clock, epochSeconds } from '../lib/clock.ts';
import { deepFreeze, MAX_JSON_DEPTH, parseStrict } from '../lib/json.ts';
import { ownNumber, ownProperty, ownString } from '../lib/own-property.ts';
import { withoutStack } from '../lib/without-stack.ts';
import { AuthError, isAuthError } from '../model/errors.ts';
import type { TokenClaims } from '../model/principal.ts';
import type { AuthErrorReason } from '../model/reasons.ts';
import type { TokenHeader } from '../model/token-header.ts';
import { signatureCheck, signatureHolds } from '../signature/check.ts';
import type { VerificationKey } from '../signature/verification-key.ts';
import type { Algorithm } from '../token/algorithms.ts';
import { checkTime } from '../token/claims.ts';
import { createJwsParser, type UnverifiedJws } from '../token/jws.ts';
import type { KeySet } from './key-set.ts';
import { findSigningKey } from './signing-key.ts';

/** Header and claims of a JWT with a valid signature. It does not say who is calling. Deeply frozen. */
export interface SignedJwt {
  /** Every parameter of the header. */
  readonly header: TokenHeader;
  /** Every claim. Only those that the verifier checks are checked. */
  readonly claims: TokenClaims;
}

/** What JWTs of one kind are checked against. */
export interface SignedJwtPolicy {
  /** The expected `iss`; it must be equal. */
  readonly issuer: string;
  /** Accepted `typ` headers, in lower case and without `application/`; `null` accepts a JWT without `typ`. */
  readonly types: readonly (string | null)[];
  readonly algorithms: readonly Algorithm[];
  readonly keySet: KeySet;
  readonly clock: Clock;
  readonly clockToleranceSec: number;
  /** Length of the longest accepted JWT in characters. */
  readonly maxLength?: number;
}

const TIMES = ['exp', 'nbf', 'iat'] as const;

/**
 * Makes a function that verifies JWTs of one kind and one issuer that are not access tokens: signed introspection
 * answers, security events, logout tokens, assertions. It rejects with an `AuthError`. `createSignedJwtVerifier` says
 * what is checked and what is not.
 */
export function createSignedJwtCheck(policy: SignedJwtPolicy): (jwt: string) => Promise<SignedJwt> {
  const { issuer, types, algorithms, keySet, clock, clockToleranceSec } = policy;
  const parse = createJwsParser(policy.maxLength, parseStrict);
  const keys = withOutages(keySet);

  function untimely(claims: TokenClaims): AuthErrorReason | undefined {
    if (TIMES.some((name) => Object.hasOwn(claims, name) && !Number.isFinite(claims[name]))) {
      return 'claim_malformed';
    }
    // Security events usually have no `exp` (RFC 8417 §2.2). If there is one, it is checked.
    const exp = ownNumber(claims, 'exp') ?? Number.POSITIVE_INFINITY;
    return checkTime(exp, ownNumber(claims, 'nbf'), clockToleranceSec, epochSeconds(clock));
  }

  return async function check(jwt) {
    const jws = parse(typeof jwt === 'string' ? jwt : '');
    if (typeof jws === 'string') throw new AuthError(jws);
    const { claims, header } = jws;
    const { algorithm, kid, parameters } = header;
    // The type is checked first, so that a JWT of another kind is refused for its type, whoever signed it.
    if (!isOfType(parameters, types)) throw new AuthError('type_not_accepted');
    if (ownString(claims, 'iss') !== issuer) throw new AuthError('issuer_unknown');
    if (algorithm === undefined || !algorithms.includes(algorithm)) {
      throw new AuthError('algorithm_not_allowed');
    }
    const key = await findSigningKey(keys, { algorithm, kid, kidsRecur: true }, (each) =>
      isSignedBy(jws, algorithm, each),
    );
    if (key === undefined) throw new AuthError('signature_invalid');
    if (!deepFreeze(claims, MAX_JSON_DEPTH)) throw new AuthError('token_malformed');
    const reason = untimely(claims);
    if (reason !== undefined) throw new AuthError(reason);
    return Object.freeze({ header: parameters, claims });
  };
}

/**
 * Makes a key set whose `find` gives an outage instead of `key_unknown` if the keys were not fetched to look for the key.
 * The sender of such a JWT does not make a new one after a refusal, as a client with an access token does. After an
 * outage, it sends the same JWT again.
 *
 * It does the same for a key of another algorithm under a known kid, and for a key that may have replaced the current
 * one, without a kid or under the same kid. So a JWT with a wrong signature also causes an outage while no fetch is
 * allowed. Its sender gains nothing by that, and no fetch is made for it.
 */
function withOutages(keySet: Pick<KeySet, 'find'>): Pick<KeySet, 'find'> {
  return {
    async find(query) {
      try {
        return await keySet.find(query);
      } catch (error) {
        if (!isAuthError(error) || error.reason !== 'key_unknown') throw error;
        const { retryAfterSec } = error.details;
        if (retryAfterSec === undefined) throw error;
        throw withoutStack(
          () => new AuthError('keys_unavailable', { retryAfterSec, cause: error }),
        );
      }
    },
  };
}

// RFC 7515 §4.1.9: a media type, so upper and lower case are equal, and "application/" is optional.
function isOfType(header: TokenHeader, types: readonly (string | null)[]): boolean {
  const typ = ownProperty(header, 'typ');
  if (typ === undefined) return types.includes(null);
  if (typeof typ !== 'string') return false;
  return types.includes(typ.toLowerCase().replace(/^application\//, ''));
}

function isSignedBy(
  { signingInput, signature }: UnverifiedJws,
  algorithm: Algorithm,
  key: VerificationKey,
): boolean {
  const check = signatureCheck(algorithm, key, signingInput, signature);
  return check !== undefined && signatureHolds(check);
}
