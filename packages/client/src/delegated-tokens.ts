import { createTokenDigest } from '@authly/core/client';
import { LRUCache } from 'lru-cache';
import { createGate } from './gate.ts';
import type { IssuedToken } from './issued-token.ts';
import type { SubjectToken } from './subject-token.ts';
import { createTokenKeeper, type TokenKeeper, type TokenKeeperOptions } from './token-keeper.ts';

/** The keepers of exchanged tokens: one for each caller's token. */
export interface DelegatedTokens {
  /**
   * Returns the keeper for a caller's token. Makes a new one if there is none, or if the kept one is over
   * (`isOver`).
   */
  keeperFor(subject: SubjectToken): TokenKeeper;
  /** Forgets all tokens. */
  drop(): void;
  close(): void;
}

/** What {@link createDelegatedTokens} needs. */
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
/**
 * How long a caller's token is assumed to live if its end is not known. After this time it is exchanged
 * again.
 */
const UNKNOWN_LIFE_MS = 60_000;

/**
 * Keeps exchanged tokens under a digest of the caller's token, never under the token itself. At most
 * `maxSubjects` are kept; the least recently used one is dropped first. A token that was exchanged for one
 * caller is never returned for another.
 */
export function createDelegatedTokens(options: DelegatedTokensOptions): DelegatedTokens {
  const { clock, exchange, maxSubjects } = options;
  const keepers = new LRUCache<string, TokenKeeper>({
    max: maxSubjects,
    dispose: (keeper) => keeper.retire(),
  });
  const digest = createTokenDigest(options.issuer, options.clientId);
  const gate = createGate(MAX_EXCHANGES);
  /** The keeper of each running exchange. It includes keepers that the cache no longer holds. */
  const flying = new Set<{ readonly keeper: TokenKeeper }>();

  function create({ token, expiresAt }: SubjectToken): TokenKeeper {
    const now = clock.monotonicMs();
    const lifeMs = expiresAt === undefined ? UNKNOWN_LIFE_MS : expiresAt * 1_000 - clock.now();
    const keeper = createTokenKeeper({
      ...options,
      subjectEndsAt: now + lifeMs,
      async request(signal) {
        const flight = { keeper };
        flying.add(flight);
        try {
          return await exchangeInTurn(token, signal);
        } finally {
          flying.delete(flight);
        }
      },
    });
    return keeper;
  }

  async function exchangeInTurn(token: string, signal: AbortSignal): Promise<IssuedToken> {
    const leave = await gate.enter(signal);
    try {
      return await exchange(token, signal);
    } finally {
      leave();
    }
  }

  return {
    keeperFor(subject) {
      const key = digest(subject.token);
      const found = keepers.get(key);
      // A keeper may be over only because the life of its token was assumed, or because the clock was wrong.
      // So a new keeper computes the end again.
      if (found !== undefined && !found.isOver) return found;
      const made = create(subject);
      keepers.set(key, made);
      return made;
    },
    drop() {
      for (const keeper of keepers.values()) keeper.drop();
    },
    close() {
      for (const { keeper } of flying) keeper.close();
      for (const keeper of keepers.values()) keeper.close();
      keepers.clear();
    },
  };
}
