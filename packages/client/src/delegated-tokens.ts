import { createTokenDigest } from '@authly/core/client';
import { LRUCache } from 'lru-cache';
import { createGate } from './gate.ts';
import type { IssuedToken } from './issued-token.ts';
import type { SubjectToken } from './subject-token.ts';
import { createTokenKeeper, type TokenKeeper, type TokenKeeperOptions } from './token-keeper.ts';

/** Keepers of exchanged tokens, one for each token of a caller. */
export interface DelegatedTokens {
  /** The keeper for a caller's token. */
  keeperFor(subject: SubjectToken): TokenKeeper;
  /** Forgets all tokens. */
  drop(): void;
  close(): void;
}

/** What they are made from. */
export interface DelegatedTokensOptions
  extends Omit<TokenKeeperOptions, 'request' | 'subjectEndsAt'> {
  readonly issuer: string;
  readonly clientId: string;
  readonly maxSubjects: number;
  /** Exchanges a caller's token once. */
  readonly exchange: (subjectToken: string, signal: AbortSignal) => Promise<IssuedToken>;
}

/** More exchanges than this at once would only make the server slower. */
const MAX_EXCHANGES = 64;
/** What is exchanged for a token whose end is not known is asked for anew after this. */
const UNKNOWN_LIFE_MS = 60_000;

/**
 * Keeps exchanged tokens by a digest of the caller's token, never by the token itself; at most
 * `maxSubjects`, the least recently used goes first. What stands on the token of one caller is never found
 * by that of another.
 */
export function createDelegatedTokens(options: DelegatedTokensOptions): DelegatedTokens {
  const { clock, exchange, maxSubjects } = options;
  const keepers = new LRUCache<string, TokenKeeper>({ max: maxSubjects });
  const digest = createTokenDigest(options.issuer, options.clientId);
  const gate = createGate(MAX_EXCHANGES);

  function create({ token, expiresAt }: SubjectToken): TokenKeeper {
    const now = clock.monotonicMs();
    const lifeMs = expiresAt === undefined ? UNKNOWN_LIFE_MS : expiresAt * 1_000 - clock.now();
    return createTokenKeeper({
      ...options,
      subjectEndsAt: now + lifeMs,
      async request(signal) {
        const leave = await gate.enter(signal);
        try {
          return await exchange(token, signal);
        } finally {
          leave();
        }
      },
    });
  }

  function closeAll(): void {
    for (const keeper of keepers.values()) keeper.close();
    keepers.clear();
  }

  return {
    keeperFor(subject) {
      const key = digest(subject.token);
      const found = keepers.get(key);
      // Where the end of the caller's token is not known, only what was assumed may be over.
      const isKnown = subject.expiresAt !== undefined;
      if (found !== undefined && (isKnown || !found.isOver)) return found;
      const made = create(subject);
      keepers.set(key, made);
      return made;
    },
    drop() {
      for (const keeper of keepers.values()) keeper.drop();
    },
    close: closeAll,
  };
}
