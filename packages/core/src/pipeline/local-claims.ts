import type { StandardSchemaV1 } from '@standard-schema/spec';
import { type Clock, epochSeconds } from '../lib/clock.ts';
import { deepFreeze, MAX_JSON_DEPTH } from '../lib/json.ts';
import type { MaybePromise } from '../lib/maybe-promise.ts';
import { Refused } from '../model/refused.ts';
import type { ReadOutcome } from '../request/token-reader.ts';
import { checkClaims } from '../token/claims.ts';
import type { SignedToken } from './jwt-reader.ts';
import { tokenFromClaims } from './token-from-claims.ts';

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
