import type { StandardSchemaV1 } from '@standard-schema/spec';
import { type Clock, epochSeconds } from '../lib/clock.ts';
import type { MaybePromise } from '../lib/maybe-promise.ts';
import { Refused } from '../model/refused.ts';
import type { Classification } from '../providers/provider.ts';
import type { ReadOutcome } from '../request/token-reader.ts';
import { checkClaims } from '../token/claims.ts';
import { freezeClaims } from '../token/known-claims.ts';
import type { SignedToken } from './jwt-reader.ts';
import { refuseFor } from './refuse-token.ts';
import { classificationFailed, tokenFromClaims } from './token-from-claims.ts';

/** What the claims of JWTs are checked with. */
export interface LocalClaimsOptions {
  readonly clock: Clock;
  /** The application's schema. It validates the claims of each token when the token is first read. */
  readonly claims: StandardSchemaV1 | undefined;
}

/**
 * Makes the function that checks the claims of a signed token by the preset of its issuer (RFC 9068 §4) and
 * makes the principal.
 */
export function createLocalClaims({
  clock,
  claims: schema,
}: LocalClaimsOptions): (signed: SignedToken) => MaybePromise<ReadOutcome> {
  return function acceptSigned({ issuer, key, claims, header }) {
    // Freeze only after the signature is verified: unauthenticated input is not worth the work.
    const known = freezeClaims(claims);
    if (known === undefined) return new Refused('token_malformed');
    const nowSec = epochSeconds(clock);
    const { provider, policy } = issuer;
    let classification: Classification;
    // Not by `classified`: a function for each token costs more than the call.
    try {
      const refusal = checkClaims(claims, header, policy, nowSec, known);
      if (refusal !== undefined) return refuseFor(issuer, refusal);
      classification = provider.classify(claims, header);
    } catch (cause) {
      return classificationFailed(issuer, cause);
    }
    return tokenFromClaims(
      { issuer, key, claims, known, header, source: 'jwt', provider, classification },
      schema,
    );
  };
}
