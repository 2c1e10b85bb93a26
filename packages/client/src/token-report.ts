import type { IssuedToken } from './issued-token.ts';
import type { TokenSourceError } from './token-source-error.ts';
import type { TokenTimes } from './token-times.ts';

/** A keeper calls these functions to report what happened to its token. */
export interface TokenReport {
  fetched(issued: IssuedToken, times: TokenTimes, isRefresh: boolean): void;
  failed(error: TokenSourceError, retryInMs: number): void;
  /** The server gave the token that is already kept. */
  sameAgain(): void;
}
