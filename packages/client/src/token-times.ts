/** When a token is refreshed, and when it is no longer used: in milliseconds of the monotonic clock. */
export interface TokenTimes {
  /** From here on it is refreshed in the background when it is used. */
  readonly refreshAt: number;
  /** From here on it is not used. */
  readonly unusableAt: number;
  /** When it expires, by the answer of the server. */
  readonly endsAt: number;
  /** How long before its end it is refreshed. */
  readonly windowMs: number;
}

/** What the times of a token are computed from. */
export interface TokenLife {
  /** When the request for it began: the server counts from a later moment. */
  readonly requestedAt: number;
  readonly lifeMs: number;
  /** A random factor near 1, chosen once for each source, so that processes do not refresh at the same time. */
  readonly spread: number;
  /** When the caller's token ends that it was exchanged for: it is not used longer than that. */
  readonly subjectEndsAt?: number | undefined;
}

const LARGEST_WINDOW_MS = 300_000;
const LARGEST_MARGIN_MS = 10_000;
/** A token with less than this left counts as expired. */
const SHORTEST_REST_MS = 500;
/** If the caller's token ends less than this after the exchanged one, a refresh is not worth it. */
const NOT_WORTH_MS = 5_000;

/**
 * The times of a new token: refreshed from a fifth of its life before its end, at most five minutes; not
 * used in the last twentieth, at most ten seconds, since a request needs time to arrive. Both are shares of the
 * life and not fixed times: with fixed times, a short-lived token would be fetched at every call.
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
 * The times of a token that the server has given a second time: its end stays, and the window is halved,
 * so that a server that makes a new one only shortly before the end is asked a handful of times, and not
 * at every call. `undefined` when nothing of it is left.
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
