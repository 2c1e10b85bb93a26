import { LRUCache } from 'lru-cache';
import type { Clock } from '../lib/clock.ts';
import type { AuthErrorReason } from '../model/reasons.ts';

/** What is remembered of tokens by their digests, beside the cache of verified tokens. */
export interface TokenMemory {
  /** Why a token was refused a moment ago. */
  refused(digest: string): AuthErrorReason | undefined;
  refuse(digest: string, reason: AuthErrorReason): void;
  /** Whether a token was active within the last hour. */
  wasActive(digest: string): boolean;
  noteActive(digest: string): void;
  /** Whether there is a token that was active within the last hour. */
  hasActive(): boolean;
  clear(): void;
}

/** Bounds of a {@link TokenMemory}. */
export interface TokenMemoryOptions {
  readonly clock: Clock;
  /** Milliseconds; 0 remembers no refusal. */
  readonly refusedForMs: number;
  readonly refusedEntries: number;
}

const ACTIVE_FOR_MS = 3_600_000;
/** Some 100 bytes each. */
const ACTIVE_ENTRIES = 10_000;

interface Refused {
  readonly reason: AuthErrorReason;
  readonly at: number;
}

/**
 * Two places, so that junk pushes out no token that is in use: refused tokens stand in one of their own.
 * A time that is later than now is over, too: a clock that was set back must not freeze anything.
 */
export function createTokenMemory(options: TokenMemoryOptions): TokenMemory {
  const { clock, refusedForMs, refusedEntries } = options;
  const refused = new LRUCache<string, Refused>({ max: refusedEntries });
  /** When each was active last. */
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
