/** When a token is refreshed, and when it is no longer used, in milliseconds of the monotonic clock. */
export interface TokenTimes {
  /** After this time, using the token refreshes it in the background. */
  readonly refreshAt: number;
  /** After this time, the token is not used. */
  readonly unusableAt: number;
  /** When the token expires, by the server's answer. */
  readonly endsAt: number;
  /** How long before its end the token is refreshed. */
  readonly windowMs: number;
}

/** What the times of a token are computed from. */
export interface TokenLife {
  /** When the request for the token began. The server counts the life from a later moment. */
  readonly requestedAt: number;
  readonly lifeMs: number;
  /** A random factor near 1, chosen once for each source, so that processes do not refresh at the same time. */
  readonly spread: number;
  /** When the caller's token ends, for an exchanged token, which is not used longer than that. */
  readonly subjectEndsAt?: number | undefined;
}

const LARGEST_WINDOW_MS = 300_000;
const LARGEST_MARGIN_MS = 10_000;
/** A token with less than this left counts as expired. */
const SHORTEST_REST_MS = 500;
/** If the caller's token ends less than this after the exchanged one, a refresh is not worth it. */
const NOT_WORTH_MS = 5_000;

/**
 * Computes the times of a new token. It is refreshed when a fifth of its life is left, but at most five
 * minutes before its end. It is not used in the last twentieth of its life, but at most for the last ten
 * seconds, because a request needs time to arrive. Both are shares of the life and not fixed times: with
 * fixed times, a short-lived token would be fetched at every call.
 */
export function timesOf({ requestedAt, lifeMs, spread, subjectEndsAt }: TokenLife): TokenTimes {
  const endsAt = requestedAt + lifeMs;
  const windowMs = Math.min(lifeMs / 5, LARGEST_WINDOW_MS) * spread;
  const marginMs = Math.min(lifeMs / 20, LARGEST_MARGIN_MS);
  return within(
    { refreshAt: endsAt - windowMs, unusableAt: endsAt - marginMs, endsAt, windowMs },
    subjectEndsAt,
  );
}

/**
 * Computes the times of a token that the server has given a second time. Its end stays, and its refresh
 * window is halved. So a server that makes a new token only shortly before the end is asked a few times, not
 * at every call. `undefined` if almost nothing of the token's life is left.
 */
export function timesOfSame(before: TokenTimes, again: TokenLife): TokenTimes | undefined {
  const endsAt = Math.min(before.endsAt, again.requestedAt + again.lifeMs);
  const restMs = endsAt - again.requestedAt;
  if (restMs < SHORTEST_REST_MS) return undefined;
  const windowMs = Math.min(before.windowMs, restMs) / 2;
  // The server still gives out this token near its end, so the margin shrinks with what is left.
  const marginMs = Math.min(endsAt - Math.min(before.unusableAt, endsAt), windowMs / 2);
  return within(
    { refreshAt: endsAt - windowMs, unusableAt: endsAt - marginMs, endsAt, windowMs },
    again.subjectEndsAt,
  );
}

function within(times: TokenTimes, subjectEndsAt: number | undefined): TokenTimes {
  if (subjectEndsAt === undefined || subjectEndsAt > times.endsAt + NOT_WORTH_MS) return times;
  // No refresh: a new token could not be used longer than the caller's token either.
  return {
    ...times,
    refreshAt: Number.POSITIVE_INFINITY,
    unusableAt: Math.min(times.unusableAt, subjectEndsAt),
  };
}
