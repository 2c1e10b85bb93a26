import { ConfigurationError, ownNumber, presentedToken } from '@authly/core/client';
import { unverifiedClaims } from './read-issued-token.ts';
import { TokenSourceError } from './token-source-error.ts';

/** The token of a caller, to be exchanged. */
export interface SubjectToken {
  readonly token: string;
  /** Seconds since the epoch; `undefined` when it is not known. */
  readonly expiresAt: number | undefined;
}

/**
 * The caller's token: a token that is given as text, or the token with which `authenticate` let in a request
 * (Express) or a context (Koa). Its end is known from the request, or read from the token if that is a JWT.
 * This function does not verify the token; the authorization server does.
 *
 * Throws `no_subject` for a request that was let in without a token, a plain `Error` for a request that
 * `authenticate` has not seen, and a `ConfigurationError` for any other value.
 */
export function subjectTokenOf(subject: string | object): SubjectToken {
  if (typeof subject === 'object' && subject !== null) {
    const presented = presentedToken(subject);
    if (presented === undefined) throw new TokenSourceError('no_subject');
    return presented;
  }
  if (typeof subject !== 'string' || !/^[\x21-\x7e]+$/.test(subject)) {
    throw new ConfigurationError(
      'onBehalfOf() needs the token of the caller without "Bearer", or the request that authenticate let in. Write: source.onBehalfOf(request)',
    );
  }
  const claims = unverifiedClaims(subject);
  return { token: subject, expiresAt: claims && ownNumber(claims, 'exp') };
}
