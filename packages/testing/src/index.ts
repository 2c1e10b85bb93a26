// Adding a name here makes it public.

export { aProof, type ProofOptions } from './a-proof.ts';
export { compactJws, type JwsPart, type JwsSigner } from './compact-jws.ts';
export { type FakeClock, fakeClock } from './fake-clock.ts';
export { aClient, aUser, type ClientOverrides, type UserOverrides } from './principals.ts';
export type { Outage } from './provider-endpoints.ts';
export type {
  LikePreset,
  ProviderTestIssuer,
  ProviderTestIssuerOptions,
} from './provider-test-issuer.ts';
export { tampered, unsigned } from './tampering.ts';
export {
  type TestCertificate,
  type TestCertificateOptions,
  testCertificate,
} from './test-certificate.ts';
export {
  type ListeningTestIssuer,
  type TestClient,
  type TestIssuer,
  type TestIssuerOptions,
  testIssuer,
} from './test-issuer.ts';
export { generateTestKey, type TestKey } from './test-key.ts';
export { thumbprintOf } from './thumbprint.ts';
export type { BoundTo, ClaimOverrides, TokenBuilder, TokenOptions } from './token-builder.ts';
export { type WithPrincipalOptions, withPrincipal } from './with-principal.ts';
