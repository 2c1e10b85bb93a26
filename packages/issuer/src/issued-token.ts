/**
 * A minted access token and what it says. There is no refresh token and no session behind it.
 *
 * `accessToken` can be read by name, but is not part of the object when it is printed, spread or turned
 * into JSON, so that a log does not contain the token. So `response.json(token)` sends an answer without the
 * token: this is on purpose, and no error. To send the token, read it by name: `response.json({ access_token:
 * token.accessToken })`.
 */
export interface IssuedToken {
  /** The signed JWT (RFC 9068). */
  readonly accessToken: string;
  /** `jti`. */
  readonly tokenId: string;
  readonly audience: readonly string[];
  readonly scopes: readonly string[];
  /** Seconds since the epoch. */
  readonly issuedAt: number;
  /** Seconds since the epoch. */
  readonly expiresAt: number;
  readonly expiresInSec: number;
}

/** An {@link IssuedToken} whose token is not enumerable. */
export function issuedToken(
  accessToken: string,
  facts: Omit<IssuedToken, 'accessToken'>,
): IssuedToken {
  const token = { ...facts, accessToken };
  Object.defineProperty(token, 'accessToken', { enumerable: false });
  return Object.freeze(token);
}
