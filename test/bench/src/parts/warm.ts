import type { Algorithm } from '@authly/core';
import type { Contender } from '../harness/contender.ts';
import { runRounds } from '../harness/rounds.ts';
import { openWarmContenders } from '../peers/open-contenders.ts';
import { ALGORITHMS } from '../peers/peer.ts';
import { atMost, type Chart, type Findings, type Goal } from '../report/report.ts';
import { corpusOf } from '../tokens/corpus.ts';
import { realisticTokens } from '../tokens/realistic-token.ts';
import { openTarget, type Target } from '../tokens/target.ts';
import {
  type Aspect,
  type CostsByAlgorithm,
  type CostsByName,
  costRatio,
  costTable,
  OURS,
} from './cost-table.ts';
import type { Scale } from './scale.ts';

const CACHED = 1_000;
const ROUNDS = 21;
const TURN_MS = 8;
const LIMIT = 0.25;
const WITH_GOAL: readonly Algorithm[] = ['RS256', 'ES256'];

const ASPECT: Aspect = { cost: 'wallUs', base: 'fast-jwt', ratio: '× fast-jwt' };

/** Reading the token out of the request, which is part of every other figure. */
const STRING_ALONE: Contender = { name: 'the fresh string alone', verify: (token) => token.length };

/** Tokens that were seen before, through the public call, each in a string of its own. */
export async function warm(scale: Scale): Promise<Findings> {
  const distinct = new Map<Algorithm, CostsByName>();
  const repeated = new Map<Algorithm, CostsByName>();
  for (const algorithm of ALGORITHMS) {
    const { key, target, close } = await openTarget(algorithm);
    const tokens = realisticTokens(key, CACHED);
    distinct.set(algorithm, await race(target, tokens, scale));
    repeated.set(algorithm, await race(target, tokens.slice(0, 1), scale));
    close();
  }
  const note = 'Time a token, the string included, and as a multiple of the cache of fast-jwt.';
  return {
    tables: [
      costTable('Warm, 1,000 distinct tokens, all cached', note, distinct, ASPECT),
      costTable('Warm, one repeated token', note, repeated, ASPECT),
    ],
    goals: goalsOf(distinct),
    charts: WITH_GOAL.flatMap((algorithm) => chartOf(algorithm, distinct.get(algorithm))),
  };
}

async function race(target: Target, tokens: readonly string[], scale: Scale): Promise<CostsByName> {
  const corpus = corpusOf(tokens);
  const contenders = [STRING_ALONE, ...(await openWarmContenders(target, corpus))];
  const effort = { rounds: scale.rounds(ROUNDS), turnMs: TURN_MS, inFlight: 1 };
  const costs = await runRounds(contenders, corpus, effort);
  for (const { close } of contenders) close?.();
  return costs;
}

function goalsOf(byAlgorithm: CostsByAlgorithm): Goal[] {
  return WITH_GOAL.flatMap((algorithm) => {
    const costs = byAlgorithm.get(algorithm);
    if (costs === undefined) return [];
    const ratio = costRatio(costs, OURS, ASPECT);
    return atMost(`warm, ${algorithm}, over the cache of fast-jwt`, ratio, LIMIT, '×');
  });
}

function chartOf(algorithm: Algorithm, costs: CostsByName = new Map()): Chart[] {
  const bars = [...costs.keys()].map((name) => ({ name, value: costRatio(costs, name, ASPECT) }));
  const title = `Warm, ${algorithm}: a token seen before, 1,000 of them`;
  return bars.length > 0 ? [{ title, unit: '× fast-jwt', bars }] : [];
}
