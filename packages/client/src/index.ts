// Adding a name here makes it public.

export {
  clientSecretBasic,
  clientSecretPost,
  type PrivateKeyJwtOptions,
  privateKeyJwt,
  type SecretSource,
  type TlsClientAuthOptions,
  tlsClientAuth,
} from '@authly/core/client';
export type { AccessToken, TokenType } from './access-token.ts';
export {
  type CertificateFetch,
  type CertificateFetchOptions,
  certificateFetch,
} from './certificate-fetch.ts';
export type { PemSource } from './certificate-pool.ts';
export type {
  CertificateEvent,
  CertificateEventListener,
  CertificateTrouble,
  GrantKind,
  TokenEvent,
  TokenEventListener,
} from './client-events.ts';
export type { ExplainedToken, Explanation, LastAnswer } from './explanation.ts';
export type { TokenFailure } from './reasons.ts';
export type { ResourceFetch } from './resource-fetch.ts';
export type { ServerErrorCode } from './server-error-code.ts';
export type { SourceClock } from './source-clock.ts';
export type { ClientAuthentication, TokenSourceOptions } from './source-options.ts';
export type { ExchangeDialect } from './token-grant.ts';
export { type TokenOptions, type TokenSource, type Tokens, tokenSource } from './token-source.ts';
export {
  isTokenSourceError,
  TokenSourceError,
  type TokenSourceErrorFacts,
} from './token-source-error.ts';
export { type WorkloadTokenOptions, workloadToken } from './workload-token.ts';
