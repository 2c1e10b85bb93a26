import type { CustomClaims } from './claims-input.ts';

/**
 * The claim that states the kind of a token's subject: `user` or `client`. Only the issuer sets it;
 * resource servers read it instead of inferring the kind.
 */
export const SUBJECT_TYPE_CLAIM = 'sub_type';

interface CommonClaims {
  /** The issuer's identifier. */
  readonly iss: string;
  /** A user's `<provider>|<external id>`, or the client's id. */
  readonly sub: string;
  /** The API or APIs that the token is for. */
  readonly aud: string | readonly string[];
  /** The client that got the token (RFC 8693 §4.3). */
  readonly client_id: string;
  /** Seconds since the epoch. */
  readonly iat: number;
  /** Seconds since the epoch. */
  readonly exp: number;
  /** Unique for each token. */
  readonly jti: string;
  /** Granted scopes, separated by spaces; absent when there are none (RFC 8693 §4.2). */
  readonly scope?: string;
}

/** The claims of a user's access token: RFC 9068 §2.2, and custom claims at the same level. */
export type UserAccessTokenClaims<Custom extends object = CustomClaims> = CommonClaims & {
  readonly [SUBJECT_TYPE_CLAIM]: 'user';
  /** Authentication context class (RFC 9068 §2.2.1). */
  readonly acr?: string;
  /** Authentication methods (RFC 8176). */
  readonly amr?: readonly string[];
  /** When the user signed in, seconds since the epoch. */
  readonly auth_time?: number;
} & Custom;

/** The claims of a client's access token, in which `sub` is the client's id (RFC 9068 §2.2). */
export type ClientAccessTokenClaims<Custom extends object = CustomClaims> = CommonClaims & {
  readonly [SUBJECT_TYPE_CLAIM]: 'client';
} & Custom;

/** The claims of an access token of this issuer. Narrow by `sub_type`. */
export type AccessTokenClaims<Custom extends object = CustomClaims> =
  | UserAccessTokenClaims<Custom>
  | ClientAccessTokenClaims<Custom>;
