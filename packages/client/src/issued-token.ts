import type { TokenType } from './access-token.ts';

/** A token as the server gave it. */
export interface IssuedToken {
  readonly value: string;
  readonly type: TokenType;
  /** `expires_in`; `undefined` when the server does not say. */
  readonly lifeSec: number | undefined;
  readonly scopes: readonly string[];
  /** `aud` where the token is a JWT that has one. Nothing of it is verified: it is for the API. */
  readonly audience: readonly string[] | undefined;
  /** When the request for it began, on the monotonic clock. */
  readonly requestedAt: number;
}
