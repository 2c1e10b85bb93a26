import { auth, requiredScopes } from 'express-oauth2-jwt-bearer';
import { SCOPE } from '../tokens/realistic-token.ts';
import type { Target } from '../tokens/target.ts';
import { callMiddleware } from './middleware-call.ts';
import { ALGORITHMS, type Peer } from './peer.ts';

/** express-oauth2-jwt-bearer with its remote key set. It is strict about RFC 9068, as Authly is. */
export const expressOauth2JwtBearer: Peer = {
  name: 'express-oauth2-jwt-bearer',
  algorithms: ALGORITHMS,
  cold(target) {
    const middleware = auth(optionsOf(target));
    return { verify: (token) => callMiddleware(middleware, token) };
  },
  express: (target) => [auth(optionsOf(target)), requiredScopes(SCOPE)],
};

/** The same for a bound token and its proof. It verifies both every time and does not remember proofs. */
export function boundVerifier(
  target: Target,
  maxAgeSec: number,
): (token: string, proof: string) => Promise<void> {
  const dpop = { enabled: true, required: true, iatOffset: maxAgeSec };
  const middleware = auth({ ...optionsOf(target), dpop });
  return (token, proof) => callMiddleware(middleware, token, proof);
}

function optionsOf({ issuer, audience, jwksUri, algorithm }: Target) {
  return { issuer, audience, jwksUri, tokenSigningAlg: algorithm, strict: true };
}
