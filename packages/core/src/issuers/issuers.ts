import type { TokenClaims } from '../model/principal.ts';
import type { TrustedIssuer } from './trusted-issuer.ts';

/** The issuers of a resource server. */
export interface Issuers {
  /** The issuer that an unverified token names, if it is configured. Never makes a request to it. */
  find(claims: TokenClaims): TrustedIssuer | undefined | Promise<TrustedIssuer | undefined>;
  /** `iss` of those in a list, for `explain`; a resolver's are not known before it is asked. */
  readonly configured?: readonly string[];
  /** The configured issuers that introspect; those that a resolver finds never do. */
  readonly introspecting?: readonly TrustedIssuer[];
  /** Whether an issuer that `find` gave earlier is still configured so. */
  isCurrent(issuer: TrustedIssuer): boolean;
  /** Resolves once every configured issuer's keys are there. */
  ready(signal?: AbortSignal): Promise<void>;
  close(): void;
}
