import {
  aProof,
  type ClaimOverrides,
  generateTestKey,
  type ProofOptions,
  type TestKey,
  type TokenOptions,
} from '@authly/testing';
import { AUDIENCE, aClock, aUserToken } from './tokens.ts';

// Core's own tests take these from here: a dependency of core on @authly/testing would be a circle.
export { aProof, type ProofOptions, thumbprintOf } from '@authly/testing';

/** The key of the client in tests of bound tokens. */
export const clientKey: TestKey = generateTestKey('ES256', 'client');

/** A token of `ada` that is bound to {@link clientKey}. */
export function aBoundToken(claims?: ClaimOverrides, options?: TokenOptions): string {
  return aUserToken(claims, { boundTo: clientKey, ...options });
}

/** A proof of {@link clientKey} for `GET https://api.example.com/`, at the time of the tests. */
export function aBoundProof(token: string, options: Partial<ProofOptions> = {}): string {
  return aProof({ key: clientKey, url: `${AUDIENCE}/`, token, clock: aClock(), ...options });
}

/** The headers of a request with a bound token and its proof. */
export function boundHeaders(
  token: string = aBoundToken(),
  options: Partial<ProofOptions> = {},
): Readonly<Record<'authorization' | 'dpop', string>> {
  return { authorization: `DPoP ${token}`, dpop: aBoundProof(token, options) };
}
