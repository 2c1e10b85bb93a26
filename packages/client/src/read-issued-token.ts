import {
  decodeBase64Url,
  isStringList,
  ownProperty,
  ownString,
  parseJsonObject,
} from '@authly/core/client';
import type { TokenType } from './access-token.ts';
import type { IssuedToken } from './issued-token.ts';
import { TokenSourceError } from './token-source-error.ts';

/** What the request for a token asked for. */
export interface AskedFor {
  readonly isBound: boolean;
  readonly scopes: readonly string[];
  /** The token that is exchanged. */
  readonly subjectToken?: string | undefined;
  readonly requestedAt: number;
}

/**
 * The values of `issued_token_type` that are accepted: access tokens and JWTs. Refresh tokens, ID tokens and
 * SAML assertions are not accepted (RFC 8693 §3).
 */
const ISSUED_TYPES: ReadonlySet<unknown> = new Set([
  undefined,
  'urn:ietf:params:oauth:token-type:access_token',
  'urn:ietf:params:oauth:token-type:jwt',
]);

/**
 * Reads the token from a successful answer (RFC 6749 §5.1, RFC 8693 §2.2.1). Throws a `TokenSourceError`:
 * `answer_unusable` if there is no token that fits into a header, if the token type is another one, or if
 * `expires_in` is not a positive number; `not_bound` if a bound token was asked for and the server gave a
 * bearer token (RFC 9449 §5); `not_exchanged` if the server returned the very token that was to be exchanged.
 */
export function readIssuedToken(
  body: Readonly<Record<string, unknown>>,
  { isBound, scopes, subjectToken, requestedAt }: AskedFor,
): IssuedToken {
  const value = ownString(body, 'access_token');
  if (value === undefined || !/^[\x21-\x7e]+$/.test(value)) throw unusable();
  if (!ISSUED_TYPES.has(ownProperty(body, 'issued_token_type'))) throw unusable();
  if (value === subjectToken) throw new TokenSourceError('not_exchanged');
  return {
    value,
    type: typeOf(body, isBound),
    lifeSec: lifeOf(ownProperty(body, 'expires_in')),
    scopes: scopesOf(ownProperty(body, 'scope')) ?? scopes,
    audience: audienceOf(value),
    requestedAt,
  };
}

function typeOf(body: Readonly<Record<string, unknown>>, isBound: boolean): TokenType {
  const type = ownString(body, 'token_type')?.toLowerCase();
  if (type === 'dpop' && isBound) return 'DPoP';
  if (type !== 'bearer') throw unusable();
  if (isBound) throw new TokenSourceError('not_bound');
  return 'Bearer';
}

/** Longer than any token lives, and still exact when counted in milliseconds. */
const LONGEST_LIFE_SEC = 1e12;

function lifeOf(expiresIn: unknown): number | undefined {
  if (expiresIn === undefined) return undefined;
  const seconds =
    typeof expiresIn === 'string' && /^\d+$/.test(expiresIn) ? Number(expiresIn) : expiresIn;
  if (typeof seconds === 'number' && seconds > 0 && Number.isFinite(seconds)) {
    return Math.min(seconds, LONGEST_LIFE_SEC);
  }
  throw unusable();
}

function scopesOf(scope: unknown): readonly string[] | undefined {
  if (typeof scope !== 'string') return undefined;
  return scope.split(' ').filter((each) => each !== '');
}

function audienceOf(token: string): readonly string[] | undefined {
  const claims = unverifiedClaims(token);
  const audience: unknown = claims && ownProperty(claims, 'aud');
  if (typeof audience === 'string') return [audience];
  return isStringList(audience) ? audience : undefined;
}

/** Reads the claims of a JWT without verifying it. `undefined` if the token is not a JWT. */
export function unverifiedClaims(token: string): Readonly<Record<string, unknown>> | undefined {
  const [, payload, signature] = token.split('.');
  if (payload === undefined || signature === undefined) return undefined;
  const bytes = decodeBase64Url(payload);
  return bytes && parseJsonObject(bytes);
}

function unusable(): TokenSourceError {
  return new TokenSourceError('answer_unusable');
}
