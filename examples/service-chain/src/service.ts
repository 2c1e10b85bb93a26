import type { TokenSource } from '@authly/client';

/** The settings of a service of the chain. */
export interface ServiceOptions {
  /** The authorization server's issuer identifier. */
  readonly issuer: string;
  /** This API, as the authorization server knows it, and as others reach it. */
  readonly url: string;
  /** Called with a line that says who has called. */
  readonly print: (line: string) => void;
}

/** The next API of the chain. */
export interface Downstream {
  readonly url: string;
  /** Tokens for it. */
  readonly tokens: TokenSource;
}
