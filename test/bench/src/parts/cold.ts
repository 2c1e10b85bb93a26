import type { Algorithm } from '@authly/core';
import { FLOOR, floor } from '../harness/floor.ts';
import { runRounds } from '../harness/rounds.ts';
import { openColdContenders } from '../peers/open-contenders.ts';
import { ALGORITHMS } from '../peers/peer.ts';
import { atMost, type Chart, type Findings, type Goal } from '../report/report.ts';
import { type Corpus, corpusOf } from '../tokens/corpus.ts';
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

const DISTINCT = 2_000;
const ROUNDS = 15;
const TURN_MS = 8;

const LIMITS: readonly (readonly [Algorithm, number])[] = [
  ['RS256', 1.25],
  ['ES256', 1.1],
  ['EdDSA', 1.1],
];

const TIME: Aspect = { cost: 'wallUs', base: FLOOR, ratio: '× floor' };
const PROCESSOR: Aspect = { cost: 'cpuUs', base: FLOOR, ratio: '× floor' };

/** Verifies one token after another completely, without a cache of verified tokens. */
export async function cold(scale: Scale): Promise<Findings> {
  const distinct = new Map<Algorithm, CostsByName>();
  const repeated = new Map<Algorithm, CostsByName>();
  for (const algorithm of ALGORITHMS) {
    const { key, target, close } = await openTarget(algorithm);
    const tokens = realisticTokens(key, scale.size(DISTINCT));
    distinct.set(algorithm, await race(target, corpusOf(tokens), scale));
    repeated.set(algorithm, await race(target, corpusOf(tokens.slice(0, 1)), scale));
    close();
  }
  const inTurn = `${scale.size(DISTINCT).toLocaleString('en-US')} distinct tokens`;
  const time =
    'Time a token, one at a time, and as a multiple of `crypto.verify` in the same round.';
  const processor = 'Processor time a token, all threads of the process, over the same floor.';
  return {
    tables: [
      costTable(`Cold, ${inTurn}`, time, distinct, TIME),
      costTable(`Cold, ${inTurn}, processor time`, processor, distinct, PROCESSOR),
      costTable('Cold, one repeated token', time, repeated, TIME),
    ],
    goals: goalsOf(distinct),
    charts: [...distinct].map(([algorithm, costs]) => chartOf(algorithm, costs)),
  };
}

async function race(target: Target, corpus: Corpus, scale: Scale): Promise<CostsByName> {
  const contenders = [floor(target, corpus), ...(await openColdContenders(target, corpus))];
  const effort = { rounds: scale.rounds(ROUNDS), turnMs: TURN_MS, inFlight: 1 };
  const costs = await runRounds(contenders, corpus, effort);
  for (const { close } of contenders) close?.();
  return costs;
}

function goalsOf(byAlgorithm: CostsByAlgorithm): Goal[] {
  return LIMITS.flatMap(([algorithm, limit]) => {
    const costs = byAlgorithm.get(algorithm);
    if (costs === undefined) return [];
    const ratio = costRatio(costs, OURS, TIME);
    return atMost(`cold, ${algorithm}, over the crypto floor`, ratio, limit, '×');
  });
}

function chartOf(algorithm: Algorithm, costs: CostsByName): Chart {
  return {
    title: `Cold, ${algorithm}: whole verification, one at a time, processor time`,
    unit: '× crypto.verify',
    bars: [...costs.keys()].map((name) => ({ name, value: costRatio(costs, name, PROCESSOR) })),
  };
}
