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
  /** What is counted. */
  readonly of: string;
  readonly points: readonly Point[];
}

/** A deployment of some size. */
export interface Point {
  readonly size: number;
  readonly corpus: Corpus;
  /** Every token verified in whole; absent where the cache is what is looked at. */
  readonly cold: Contender | undefined;
  /** Every token seen before. */
  readonly warm: Contender;
}

/** What a point is made from. */
export interface PointOptions {
  readonly size: number;
  readonly issuers: readonly IssuerEntry[];
  readonly tokens: readonly string[];
  /** Also judged, on every request. */
  readonly requirement?: Requirement;
  readonly onlyWarm?: true;
}

/** Two resource servers of that size, one without a cache and one that holds every token. */
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
