import type { SignedJwt } from '../keys/signed-jwt.ts';
import { type Clock, epochSeconds } from '../lib/clock.ts';
import { isPlainObject } from '../lib/json.ts';
import { ownNumber, ownProperty } from '../lib/own-property.ts';
import { isAuthError } from '../model/errors.ts';
import { IntrospectionFailed } from './introspection-failed.ts';

/** `typ` of a signed answer (RFC 9701 §5). */
export const SIGNED_ANSWER_TYPE = 'token-introspection+jwt';

/** RFC 9701 ties no answer to a token (TLS does): an older one is not what we have just asked for. */
const MAX_AGE_SEC = 60;

/** What a signed answer is held against. */
export interface SignedAnswerContext {
  /** Verifies type, issuer and signature. */
  readonly verify: (jwt: string) => Promise<SignedJwt>;
  /** Our client id: the only audience (RFC 9701 §5). */
  readonly clientId: string | undefined;
  readonly clock: Clock;
  readonly clockToleranceSec: number;
}

/**
 * The answer inside a signed one (RFC 9701 §5): what stands in `token_introspection`, and nothing else of
 * the JWT, whose own claims say nothing about the token. Rejects with an `IntrospectionFailed`.
 *
 * Checks: type, issuer and signature; that `aud` is our client id; that `iat` is of the last minute. Does
 * not check that the answer is about the token that we asked for: nothing in it says so.
 */
export async function openSignedAnswer(
  jwt: string,
  { verify, clientId, clock, clockToleranceSec }: SignedAnswerContext,
): Promise<Readonly<Record<string, unknown>>> {
  const { claims } = await verify(jwt).catch((cause: unknown) => {
    // What it fails with is about our answer, not about the caller's token: never a 401.
    const isOutage = isAuthError(cause) && cause.code === 'temporarily_unavailable';
    throw new IntrospectionFailed(
      isOutage ? 'network' : 'malformed',
      'The signed answer is not valid',
      {
        cause,
      },
    );
  });
  const aud: unknown = ownProperty(claims, 'aud');
  const isOurs = aud === clientId || (Array.isArray(aud) && aud.includes(clientId));
  const iat = ownNumber(claims, 'iat');
  const age = iat === undefined ? Number.NaN : epochSeconds(clock) - iat;
  const isRecent = age >= -clockToleranceSec && age <= MAX_AGE_SEC;
  const answer: unknown = ownProperty(claims, 'token_introspection');
  if (clientId === undefined || !isOurs || !isRecent || !isPlainObject(answer)) {
    throw new IntrospectionFailed('malformed', 'The signed answer is for another client, or old');
  }
  return answer;
}
