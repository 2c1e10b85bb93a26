import { isSameBinding } from '../binding/confirmation.ts';
import type { Issuers } from '../issuers/issuers.ts';
import type { TrustedIssuer } from '../issuers/trusted-issuer.ts';
import { epochSeconds } from '../lib/clock.ts';
import { deepFreeze, isStringList, MAX_JSON_DEPTH } from '../lib/json.ts';
import { andThen, type MaybePromise } from '../lib/maybe-promise.ts';
import { ownProperty, ownString } from '../lib/own-property.ts';
import type { TokenClaims } from '../model/principal.ts';
import type { AuthErrorReason } from '../model/reasons.ts';
import { isRefused, Refused } from '../model/refused.ts';
import type { ReadOutcome, TokenReader } from '../request/token-reader.ts';
import type { VerifiedToken } from '../request/verified-token.ts';
import { type ClaimsRefusal, checkTime, meantFor } from '../token/claims.ts';
import { createJwtReader, type JwtReaderOptions, type SignedToken } from './jwt-reader.ts';
import { createLocalClaims, type LocalClaimsOptions } from './local-claims.ts';
import {
  createOpaqueReader,
  introspected,
  type OpaqueReaderOptions,
  readIntrospected,
} from './opaque-reader.ts';
import { refuse, refuseFor } from './refuse-token.ts';

/** What a reader of JWTs and opaque tokens is made from. */
export interface HybridReaderOptions
  extends JwtReaderOptions,
    LocalClaimsOptions,
    OpaqueReaderOptions {
  readonly clockToleranceSec: number;
}

/**
 * Reads JWTs and opaque tokens, and tells them apart by their form. A JWT is always verified as a JWT first, so
 * a JWT of an unknown issuer is not sent to any server. Whether the server is then asked about it as well is
 * decided by the option `introspection.jwts` of its issuer.
 */
export function createHybridReader(issuers: Issuers, options: HybridReaderOptions): TokenReader {
  const opaque = createOpaqueReader(issuers, options);
  const acceptLocally = createLocalClaims(options);
  const jwt = createJwtReader(issuers, options, accept);
  const { clock, clockToleranceSec, observe } = options;

  function accept(signed: SignedToken): MaybePromise<ReadOutcome> {
    switch (signed.issuer.introspector?.jwts) {
      case 'confirm':
        return andThen(acceptLocally(signed), (token) =>
          token.principal === undefined ? token : confirmed(signed, token),
        );
      case 'answer':
        return answered(signed);
      default:
        return acceptLocally(signed);
    }
  }

  /** With `jwts: 'confirm'`: the principal is made from the JWT; the server says whether the token is still active. */
  function confirmed(signed: SignedToken, verified: VerifiedToken): MaybePromise<ReadOutcome> {
    const { token, issuer, claims } = signed;
    return andThen(introspected({ token, issuer, asking: 'confirm' }, observe), (introspection) => {
      if (isRefused(introspection)) return introspection;
      const { outcome, answeredAt, readAgainAt } = introspection;
      const reason = typeof outcome === 'string' ? outcome : contradiction(claims, outcome);
      if (reason !== undefined) return refuse(issuer, reason);
      return { ...verified, readAt: answeredAt, readAgainAt };
    });
  }

  /**
   * With `jwts: 'answer'`: the principal is made from the server's answer. Signature and times of the JWT are
   * checked before, so that forged and expired tokens are not sent to the server.
   */
  function answered({ token, issuer, key, claims }: SignedToken): MaybePromise<ReadOutcome> {
    if (!deepFreeze(claims, MAX_JSON_DEPTH)) return new Refused('token_malformed');
    const reason = timeFault(claims);
    if (reason !== undefined) return refuse(issuer, reason);
    // The JWT's own `cnf` counts also when the answer leaves it out.
    const isBound = Object.hasOwn(claims, 'cnf');
    const asked = { token, issuer, asking: 'answer', key, isBound } as const;
    return andThen(readIntrospected(asked, options), (verified): ReadOutcome => {
      if (verified.principal === undefined) return verified;
      const { confirmation, audience } = verified.principal;
      // There is no audience only if the answer has no `aud` and is accepted without it (`audience: 'trusted'`).
      const fault = audience.length === 0 ? audienceFault(issuer, claims) : undefined;
      if (fault !== undefined) return refuseFor(issuer, fault);
      // If the JWT is bound and the answer has no `cnf`, the checks refuse the token later.
      if (isBound && confirmation !== undefined) {
        const isSame = isSameBinding(confirmation, ownProperty(claims, 'cnf'));
        if (!isSame) return refuse(issuer, 'claim_malformed');
      }
      const signedIds = { tokenId: ownString(claims, 'jti'), sessionId: ownString(claims, 'sid') };
      return { ...verified, signedIds };
    });
  }

  function timeFault(claims: TokenClaims): AuthErrorReason | undefined {
    if (!Object.hasOwn(claims, 'exp')) return 'claim_missing';
    const { exp } = claims;
    const nbf = ownProperty(claims, 'nbf');
    if (!Number.isFinite(exp) || exp === undefined) return 'claim_malformed';
    if (nbf !== undefined && !Number.isFinite(nbf)) return 'claim_malformed';
    return checkTime(exp, nbf, clockToleranceSec, epochSeconds(clock));
  }

  return {
    reads: () => true,
    read: (token) => (opaque.reads(token) ? opaque.read(token) : jwt.read(token)),
    close() {
      jwt.close();
      opaque.close();
    },
  };
}

/**
 * Refuses a JWT whose own `aud` does not name this API. Only for answers without `aud`. The server signed the `aud` of
 * the JWT, so the token is active, but for another API (RFC 7519 §4.1.3, RFC 9068 §4).
 */
function audienceFault({ policy }: TrustedIssuer, claims: TokenClaims): ClaimsRefusal | undefined {
  const { audience: accepted } = policy;
  const aud: unknown = ownProperty(claims, 'aud');
  if (aud === undefined || accepted === undefined) return undefined;
  if (typeof aud !== 'string' && !isStringList(aud)) {
    return { reason: 'claim_malformed', claim: 'aud' };
  }
  if (meantFor(aud, accepted)) return undefined;
  return { reason: 'audience_mismatch', expectedAudience: accepted };
}

/** Why an answer is not about this JWT or contradicts it; `undefined` when the two agree. */
function contradiction(jwt: TokenClaims, answer: TokenClaims): AuthErrorReason | undefined {
  if (differs(ownString(jwt, 'iss'), answer, 'iss')) return 'issuer_unknown';
  // If the answer says that the token is bound and the JWT does not, the JWT alone would let anybody use the token.
  if (isBoundOtherwise(jwt, answer)) return 'claim_malformed';
  const clientId = ownString(jwt, 'client_id') ?? ownString(jwt, 'azp');
  const isOther =
    differs(ownString(jwt, 'sub'), answer, 'sub') || differs(clientId, answer, 'client_id');
  return isOther ? 'principal_ambiguous' : undefined;
}

function differs(expected: string | undefined, answer: TokenClaims, name: string): boolean {
  return expected !== undefined && Object.hasOwn(answer, name) && answer[name] !== expected;
}

/** Whether the answer has a binding (`cnf`, RFC 7800) and it differs from the binding of the JWT. */
function isBoundOtherwise(jwt: TokenClaims, answer: TokenClaims): boolean {
  if (!Object.hasOwn(answer, 'cnf')) return false;
  return !isSameBinding(ownProperty(answer, 'cnf'), ownProperty(jwt, 'cnf'));
}
