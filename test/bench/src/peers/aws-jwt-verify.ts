import { JwtVerifier } from 'aws-jwt-verify';
import type { Peer } from './peer.ts';

/** aws-jwt-verify with its key set loaded beforehand, in its synchronous form. */
export const awsJwtVerify: Peer = {
  name: 'aws-jwt-verify',
  algorithms: ['RS256', 'ES256', 'EdDSA'],
  cold({ issuer, audience, jwks }) {
    const verifier = JwtVerifier.create({
      issuer,
      audience,
      jwksUri: 'https://unused.example/jwks',
    });
    verifier.cacheJwks({ keys: [...jwks.keys].map((key) => ({ ...key, kty: key.kty ?? '' })) });
    return { verify: (token) => verifier.verifySync(token) };
  },
};
