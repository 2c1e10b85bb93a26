import type { SignedJwt } from '../keys/signed-jwt.ts';
import { type Clock, epochSeconds } from '../lib/clock.ts';
import { isPlainObject } from '../lib/json.ts';
import { ownNumber, ownProperty } from '../lib/own-property.ts';
import { isAuthError } from '../model/errors.ts';
import { IntrospectionFailed } from './introspection-failed.ts';

/** `typ` of a signed answer (RFC 9701 §5). */
export const SIGNED_ANSWER_TYPE = 'token-introspection+jwt';

/**
 * The largest accepted age of a signed answer. RFC 9701 does not connect an answer with the token that was asked
 * about; an old answer may have been recorded and sent again.
 */
const MAX_AGE_SEC = 60;

/** What a signed answer is checked with. */
export interface SignedAnswerContext {
  /** Verifies type, issuer and signature. */
  readonly verify: (jwt: string) => Promise<SignedJwt>;
  /** Our client id: the only audience (RFC 9701 §5). */
  readonly clientId: string | undefined;
  readonly clock: Clock;
  readonly clockToleranceSec: number;
}

/**
 * Gives the answer inside a signed answer (RFC 9701 §5): its member `token_introspection`. The other claims of the
 * JWT are about the answer, not about the token. Rejects with an `IntrospectionFailed`.
 *
 * Checks type, issuer and signature, that `aud` is our client id, and that `iat` is at most 60 seconds old. It cannot
 * check that the answer is about the token that was asked about, because nothing in the answer says so.
 */
export async function openSignedAnswer(
  jwt: string,
  { verify, clientId, clock, clockToleranceSec }: SignedAnswerContext,
): Promise<Readonly<Record<string, unknown>>> {
  const { claims } = await verify(jwt).catch((cause: unknown) => {
    // The fault is in the server's answer, not in the caller's token, so it must not become a 401.
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
