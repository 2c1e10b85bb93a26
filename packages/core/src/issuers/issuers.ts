import type { TokenClaims } from '../model/principal.ts';
import type { TrustedIssuer } from './trusted-issuer.ts';

/** The issuers of a resource server. */
export interface Issuers {
  /** The issuer that an unverified token names, if it is configured. Makes no request to that issuer. */
  find(claims: TokenClaims): TrustedIssuer | undefined | Promise<TrustedIssuer | undefined>;
  /**
   * `iss` of the issuers in a list, for `explain`. Left out with a resolver, whose issuers are not known in
   * advance.
   */
  readonly configured?: readonly string[];
  /** The configured issuers with introspection. Issuers of a resolver have none. */
  readonly introspecting?: readonly TrustedIssuer[];
  /** Whether an issuer that `find` gave earlier is still configured so. */
  isCurrent(issuer: TrustedIssuer): boolean;
  /** Resolves once every configured issuer's keys are there. */
  ready(signal?: AbortSignal): Promise<void>;
  close(): void;
}
