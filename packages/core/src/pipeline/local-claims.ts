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

/** What the claims of tokens are checked by. */
export interface LocalClaimsOptions {
  readonly clock: Clock;
  /** Validates the claims of each token, once. */
  readonly claims: StandardSchemaV1 | undefined;
}

/** Checks the claims of a signed token by its issuer's preset, and makes the principal (RFC 9068 §4). */
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
