import type { TokenSource } from '@authly/client';

/** What a service of the chain is told. */
export interface ServiceOptions {
  /** The authorization server's issuer identifier. */
  readonly issuer: string;
  /** This API, as the authorization server knows it, and as others reach it. */
  readonly url: string;
  /** Where it says who has called. */
  readonly print: (line: string) => void;
}

/** The next API of the chain. */
export interface Downstream {
  readonly url: string;
  /** Tokens for it. */
  readonly tokens: TokenSource;
}
