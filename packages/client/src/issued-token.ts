import type { TokenType } from './access-token.ts';

/** A token as the server gave it. */
export interface IssuedToken {
  readonly value: string;
  readonly type: TokenType;
  /** `expires_in`; `undefined` if the answer does not have it. */
  readonly lifeSec: number | undefined;
  readonly scopes: readonly string[];
  /**
   * `aud` of the token, if it is a JWT that has one. It is not verified here, because the API verifies its
   * tokens.
   */
  readonly audience: readonly string[] | undefined;
  /** When the request for the token began, in milliseconds of the monotonic clock. */
  readonly requestedAt: number;
}
