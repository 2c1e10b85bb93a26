import { inspect } from 'node:util';

/** How a token is presented: `Bearer` (RFC 6750), or `DPoP` with a proof of the client's key (RFC 9449). */
export type TokenType = 'Bearer' | 'DPoP';

/** An access token of this service. Printing it, or making JSON of it, does not show the token. */
export interface AccessToken {
  /** The token itself. Never log it. */
  readonly accessToken: string;
  readonly type: TokenType;
  /**
   * Seconds since the epoch, by this machine's clock: for display. What the source uses is counted on a
   * clock that nobody sets.
   */
  readonly expiresAt: number;
  /** What the server granted; what was asked for, where it does not say. */
  readonly scopes: readonly string[];
}

/** What an {@link AccessToken} is made from. */
export interface AccessTokenParts extends AccessToken {}

class HeldToken implements AccessToken {
  readonly type: TokenType;
  readonly expiresAt: number;
  readonly scopes: readonly string[];
  readonly #accessToken: string;

  constructor({ accessToken, type, expiresAt, scopes }: AccessTokenParts) {
    this.#accessToken = accessToken;
    this.type = type;
    this.expiresAt = expiresAt;
    this.scopes = Object.freeze([...scopes]);
    Object.freeze(this);
  }

  get accessToken(): string {
    return this.#accessToken;
  }

  // A printer that shows accessors would otherwise call the one above.
  [inspect.custom](): object {
    return this.toJSON();
  }

  toJSON(): Omit<AccessToken, 'accessToken'> {
    return { type: this.type, expiresAt: this.expiresAt, scopes: this.scopes };
  }
}

/** Makes an access token that nothing prints. */
export function createAccessToken(parts: AccessTokenParts): AccessToken {
  return new HeldToken(parts);
}
