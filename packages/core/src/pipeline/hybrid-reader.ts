import { isSameBinding } from '../binding/confirmation.ts';
import type { Issuers } from '../issuers/issuers.ts';
import { epochSeconds } from '../lib/clock.ts';
import { deepFreeze, MAX_JSON_DEPTH } from '../lib/json.ts';
import { andThen, type MaybePromise } from '../lib/maybe-promise.ts';
import { ownProperty, ownString } from '../lib/own-property.ts';
import type { TokenClaims } from '../model/principal.ts';
import type { AuthErrorReason } from '../model/reasons.ts';
import { isRefused, Refused } from '../model/refused.ts';
import type { ReadOutcome, TokenReader } from '../request/token-reader.ts';
import type { VerifiedToken } from '../request/verified-token.ts';
import { checkTime, notBefore } from '../token/claims.ts';
import { createJwtReader, type JwtReaderOptions, type SignedToken } from './jwt-reader.ts';
import { createLocalClaims, type LocalClaimsOptions } from './local-claims.ts';
import {
  createOpaqueReader,
  introspected,
  type OpaqueReaderOptions,
  readIntrospected,
} from './opaque-reader.ts';
import { refuse } from './refuse-token.ts';

/** What a reader of both forms of token is made from. */
export interface HybridReaderOptions
  extends JwtReaderOptions,
    LocalClaimsOptions,
    OpaqueReaderOptions {
  readonly clockToleranceSec: number;
}

/**
 * Reads JWTs and opaque tokens side by side, told by their shape. A JWT goes the JWT's way and no other:
 * one of an unknown issuer is never sent anywhere. What then becomes of it is its issuer's `jwts`.
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

  /** The principal is the JWT's; the server says whether it still counts. */
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

  /** Enough is verified here that no junk reaches the server; the answer's claims make the principal. */
  function answered({ token, issuer, key, claims }: SignedToken): MaybePromise<ReadOutcome> {
    if (!deepFreeze(claims, MAX_JSON_DEPTH)) return new Refused('token_malformed');
    const reason = timeFault(claims);
    if (reason !== undefined) return refuse(issuer, reason);
    // A binding that the answer forgets must not be lost.
    const isBound = Object.hasOwn(claims, 'cnf');
    const asked = { token, issuer, asking: 'answer', key, isBound } as const;
    return andThen(readIntrospected(asked, options), (verified): ReadOutcome => {
      if (verified.principal === undefined) return verified;
      const { confirmation } = verified.principal;
      // Without one in the answer, the checks refuse it.
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
    const nbf = notBefore(claims);
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

/** Why an answer cannot be about this JWT, whatever it says of it. */
function contradiction(jwt: TokenClaims, answer: TokenClaims): AuthErrorReason | undefined {
  if (differs(ownString(jwt, 'iss'), answer, 'iss')) return 'issuer_unknown';
  // An answer that binds the token otherwise: the JWT alone would say that anybody may use it.
  if (isBoundOtherwise(jwt, answer)) return 'claim_malformed';
  const clientId = ownString(jwt, 'client_id') ?? ownString(jwt, 'azp');
  const isOther =
    differs(ownString(jwt, 'sub'), answer, 'sub') || differs(clientId, answer, 'client_id');
  return isOther ? 'principal_ambiguous' : undefined;
}

function differs(expected: string | undefined, answer: TokenClaims, name: string): boolean {
  return expected !== undefined && Object.hasOwn(answer, name) && answer[name] !== expected;
}

/** Whether an answer that states a binding (`cnf`, RFC 7800) states another one than the JWT. */
function isBoundOtherwise(jwt: TokenClaims, answer: TokenClaims): boolean {
  if (!Object.hasOwn(answer, 'cnf')) return false;
  return !isSameBinding(ownProperty(answer, 'cnf'), ownProperty(jwt, 'cnf'));
}
