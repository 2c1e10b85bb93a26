import {
  createResourceServer,
  type IssuerEntry,
  type Principal,
  type Requirement,
} from '@authly/core';
import type { Contender } from '../harness/contender.ts';
import { type Corpus, corpusOf } from '../tokens/corpus.ts';

/** One direction in which a deployment grows. */
export interface Axis {
  readonly title: string;
  readonly note: string;
  /** What the size counts, such as issuers. */
  readonly of: string;
  readonly points: readonly Point[];
}

/** A deployment of one size. */
export interface Point {
  readonly size: number;
  readonly corpus: Corpus;
  /** Verifies every token completely. Absent if only the cache is measured. */
  readonly cold: Contender | undefined;
  /** Verifies tokens that were all seen before. */
  readonly warm: Contender;
}

/** What {@link pointOf} needs. */
export interface PointOptions {
  readonly size: number;
  readonly issuers: readonly IssuerEntry[];
  readonly tokens: readonly string[];
  /** A requirement that is checked on every request, too. */
  readonly requirement?: Requirement;
  readonly onlyWarm?: true;
}

/** Makes two resource servers of one size: one without a cache, and one whose cache holds every token. */
export function pointOf({ size, issuers, tokens, requirement, onlyWarm }: PointOptions): Point {
  const corpus = corpusOf(tokens);
  const maxEntries = Math.max(tokens.length, 1_000);
  const open = (name: string, cache: false | { maxEntries: number; maxBytes: number }) => {
    const server = createResourceServer({ issuers, cache });
    const evaluate = (principal: Principal) => {
      if (requirement !== undefined && server.evaluate(principal, requirement) !== undefined) {
        throw new Error('The requirement is met by every token');
      }
    };
    const verify = (token: string) => {
      const principal = server.verify(token);
      return principal instanceof Promise ? principal.then(evaluate) : evaluate(principal);
    };
    return { name: `${name} ${size}`, verify, corpus, close: () => server.close() };
  };
  return {
    size,
    corpus,
    cold: onlyWarm ? undefined : open('cold', false),
    warm: open('warm', { maxEntries, maxBytes: maxEntries * 20_000 }),
  };
}
