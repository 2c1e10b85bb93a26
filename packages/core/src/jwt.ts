// Adding a name here makes it public.

export type { SignedJwt } from './keys/signed-jwt.ts';
export {
  createSignedJwtVerifier,
  type SignedJwtVerifier,
  type SignedJwtVerifierOptions,
  type SignerKeys,
} from './keys/signed-jwt-verifier.ts';
