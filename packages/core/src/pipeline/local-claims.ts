import type { StandardSchemaV1 } from '@standard-schema/spec';
import { type Clock, epochSeconds } from '../lib/clock.ts';
import { deepFreeze, MAX_JSON_DEPTH } from '../lib/json.ts';
import type { MaybePromise } from '../lib/maybe-promise.ts';
import { Refused } from '../model/refused.ts';
import type { ReadOutcome } from '../request/token-reader.ts';
import { checkClaims } from '../token/claims.ts';
import type { SignedToken } from './jwt-reader.ts';
import { tokenFromClaims } from './token-from-claims.ts';

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
    if (!deepFreeze(claims, MAX_JSON_DEPTH)) return new Refused('token_malformed');
    const { provider, policy } = issuer;
    const check = () => checkClaims(claims, header, policy, epochSeconds(clock));
    const classify = () => provider.classify(claims, header);
    return tokenFromClaims(
      { issuer, key, claims, header, source: 'jwt', provider, check, classify },
      schema,
    );
  };
}
