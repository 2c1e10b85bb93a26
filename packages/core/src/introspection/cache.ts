import { LRUCache } from 'lru-cache';
import type { Clock } from '../lib/clock.ts';
import type { AuthErrorReason } from '../model/reasons.ts';

/** What is remembered of tokens, by their digests, in addition to the cache of verified tokens. */
export interface TokenMemory {
  /** The reason why a token was refused a moment ago; `undefined` if it was not. */
  refused(digest: string): AuthErrorReason | undefined;
  refuse(digest: string, reason: AuthErrorReason): void;
  /** Whether a token was active within the last hour. */
  wasActive(digest: string): boolean;
  noteActive(digest: string): void;
  /** Whether there is a token that was active within the last hour. */
  hasActive(): boolean;
  clear(): void;
}

/** Limits of a {@link TokenMemory}. */
export interface TokenMemoryOptions {
  readonly clock: Clock;
  /** How long a refusal is remembered, in milliseconds. With 0, no refusal is remembered. */
  readonly refusedForMs: number;
  /** How many refused tokens are remembered. */
  readonly refusedEntries: number;
}

const ACTIVE_FOR_MS = 3_600_000;
/** Each takes about 100 bytes. */
const ACTIVE_ENTRIES = 10_000;

interface Refused {
  readonly reason: AuthErrorReason;
  readonly at: number;
}

/**
 * Makes a memory with two separate caches, one for refused and one for active tokens, so that a flood of
 * made-up tokens does not push out tokens that are in use. An entry whose time is in the future has expired,
 * too: otherwise it would stay for too long after the clock was set back.
 */
export function createTokenMemory(options: TokenMemoryOptions): TokenMemory {
  const { clock, refusedForMs, refusedEntries } = options;
  const refused = new LRUCache<string, Refused>({ max: refusedEntries });
  /** The time when each token was last active. */
  const active = new LRUCache<string, number>({ max: ACTIVE_ENTRIES });
  let latestActiveAt: number | undefined;

  function isRecent(at: number, forMs: number): boolean {
    const age = clock.now() - at;
    return age >= 0 && age < forMs;
  }

  return {
    refused(digest) {
      const known = refused.get(digest);
      return known !== undefined && isRecent(known.at, refusedForMs) ? known.reason : undefined;
    },
    refuse(digest, reason) {
      active.delete(digest);
      if (refusedForMs > 0) refused.set(digest, { reason, at: clock.now() });
    },
    wasActive(digest) {
      const at = active.get(digest);
      return at !== undefined && isRecent(at, ACTIVE_FOR_MS);
    },
    noteActive(digest) {
      latestActiveAt = clock.now();
      active.set(digest, latestActiveAt);
    },
    hasActive: () =>
      active.size > 0 && latestActiveAt !== undefined && isRecent(latestActiveAt, ACTIVE_FOR_MS),
    clear() {
      refused.clear();
      active.clear();
    },
  };
}
