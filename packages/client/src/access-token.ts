import { inspect } from 'node:util';

/** How a token is presented: `Bearer` (RFC 6750), or `DPoP` with a proof of the client's key (RFC 9449). */
export type TokenType = 'Bearer' | 'DPoP';

/** An access token of this service. Printing it, or making JSON of it, does not show the token. */
export interface AccessToken {
  /** The token itself. Never log it. */
  readonly accessToken: string;
  readonly type: TokenType;
  /**
   * When the token expires, in seconds since the epoch by this machine's clock. It is for display only: the
   * source itself measures time with a monotonic clock.
   */
  readonly expiresAt: number;
  /** The scopes that the server granted. If its answer names none, these are the scopes that were asked for. */
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

  // `util.inspect` with `getters: true` would otherwise call the getter above and print the token.
  [inspect.custom](): object {
    return this.toJSON();
  }

  toJSON(): Omit<AccessToken, 'accessToken'> {
    return { type: this.type, expiresAt: this.expiresAt, scopes: this.scopes };
  }
}

/** Makes an access token whose value neither `console.log` nor `JSON.stringify` shows. */
export function createAccessToken(parts: AccessTokenParts): AccessToken {
  return new HeldToken(parts);
}
