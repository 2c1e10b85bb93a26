import { createTokenDigest } from '@authly/core/client';
import { LRUCache } from 'lru-cache';
import { createGate } from './gate.ts';
import type { IssuedToken } from './issued-token.ts';
import type { SubjectToken } from './subject-token.ts';
import { createTokenKeeper, type TokenKeeper, type TokenKeeperOptions } from './token-keeper.ts';

/** Keepers of exchanged tokens, one for each token of a caller. */
export interface DelegatedTokens {
  /** The keeper for a caller's token; a new one when the former keeper says that its token has ended. */
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
/** When the end of the caller's token is not known, the exchanged token is asked for again after this. */
const UNKNOWN_LIFE_MS = 60_000;

/**
 * Keeps exchanged tokens by a digest of the caller's token, never by the token itself; at most
 * `maxSubjects`, the least recently used is dropped first. A token exchanged for one caller is never found for another.
 */
export function createDelegatedTokens(options: DelegatedTokensOptions): DelegatedTokens {
  const { clock, exchange, maxSubjects } = options;
  const keepers = new LRUCache<string, TokenKeeper>({
    max: maxSubjects,
    dispose: (keeper) => keeper.retire(),
  });
  const digest = createTokenDigest(options.issuer, options.clientId);
  const gate = createGate(MAX_EXCHANGES);
  /** The keeper of each running exchange, also when it is no longer kept. */
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
      // What is over may be so by an assumption, or by a clock that was wrong: it is computed anew.
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
