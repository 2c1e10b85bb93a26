import type { Algorithm } from '@authly/core';
import { floor, pooledFloor } from '../harness/floor.ts';
import { type Arrival, type Costs, runRounds } from '../harness/rounds.ts';
import { median, ratios, type Summary, summarize } from '../harness/statistics.ts';
import { twoThreadFloor } from '../harness/two-thread-floor.ts';
import { openColdContenders } from '../peers/open-contenders.ts';
import { ALGORITHMS } from '../peers/peer.ts';
import { atLeast, type Findings, type Goal, type Table } from '../report/report.ts';
import { corpusOf } from '../tokens/corpus.ts';
import { realisticTokens } from '../tokens/realistic-token.ts';
import { openTarget } from '../tokens/target.ts';
import { type CostsByName, OURS } from './cost-table.ts';
import type { Scale } from './scale.ts';

const DISTINCT = 1_000;
const ROUNDS = 7;
const ROUNDS_PINNED = 5;
/** Long enough for each contender to collect its own garbage and to get its results back from other threads. */
const TURN_MS = 150;
const IN_FLIGHT = 64;
const LIMIT = 1.3;
/** How many floors come first. They are not peers, because they do not verify a whole token. */
const FLOORS = 3;
const VARIANT = 'authly-one-thread';

/** Sixty-four verifications in flight, as under load. Shows who uses a second core, and at what price. */
export async function concurrent(scale: Scale): Promise<Findings> {
  const { tables, byAlgorithm } = await measure('64 in flight', scale.rounds(ROUNDS));
  const bursts = await measure('in bursts of 64', scale.rounds(ROUNDS), 'bursts');
  const goals = [
    ...[...byAlgorithm].flatMap(([algorithm, costs]) => goalOf('64 in flight', algorithm, costs)),
    ...[...bursts.byAlgorithm].flatMap(([algorithm, costs]) =>
      goalOf('bursts of 64', algorithm, costs),
    ),
  ];
  const charts = [...byAlgorithm].map(([algorithm, costs]) => ({
    title: `Cold, ${algorithm}: 64 in flight, all cores`,
    unit: 'verifications a second',
    bars: [...costs].map(([name, { wallUs }]) => ({ name, value: perSecond(wallUs) })),
  }));
  return { tables: [...tables, ...bursts.tables], goals, charts };
}

/** The same in a process that may use only one core. main.ts starts it so. */
export async function concurrentPinned(scale: Scale): Promise<Findings> {
  const { tables } = await measure('64 in flight, pinned to one core', scale.rounds(ROUNDS_PINNED));
  return { tables, goals: [], charts: [] };
}

async function measure(
  where: string,
  rounds: number,
  arrival: Arrival = 'lanes',
): Promise<{
  readonly tables: readonly Table[];
  readonly byAlgorithm: ReadonlyMap<Algorithm, CostsByName>;
}> {
  const byAlgorithm = new Map<Algorithm, CostsByName>();
  for (const algorithm of ALGORITHMS) {
    const { key, target, close } = await openTarget(algorithm);
    const corpus = corpusOf(realisticTokens(key, DISTINCT));
    const contenders = [
      floor(target, corpus),
      pooledFloor(target, corpus),
      await twoThreadFloor(target, corpus),
      ...(await openColdContenders(target, corpus, [VARIANT])),
    ];
    const effort = { rounds, turnMs: TURN_MS, inFlight: IN_FLIGHT, arrival };
    byAlgorithm.set(algorithm, await runRounds(contenders, corpus, effort));
    for (const contender of contenders) contender.close?.();
    close();
  }
  const tables = [...byAlgorithm].map(([algorithm, costs]) => tableOf(algorithm, where, costs));
  return { tables, byAlgorithm };
}

function tableOf(algorithm: Algorithm, where: string, costs: CostsByName): Table {
  const best = bestPeer(costs)?.costs.wallUs ?? [];
  return {
    title: `Cold, ${algorithm}, ${where}`,
    note:
      'Verifications a second, and as a multiple of the best peer in the same round; processor time of the whole ' +
      'process and busy time of the main thread, both in µs a verification.',
    columns: ['', 'a second', '× the best peer', 'CPU µs', 'main thread µs'],
    rows: [...costs].map(([name, { wallUs, cpuUs, mainUs }]) => [
      name,
      perSecond(wallUs),
      // Throughput is the reciprocal of time: theirs over each.
      summarize(ratios(best, wallUs)),
      summarize(cpuUs),
      summarize(mainUs),
    ]),
  };
}

function goalOf(where: string, algorithm: Algorithm, costs: CostsByName): Goal[] {
  const ours = costs.get(OURS);
  const best = bestPeer(costs);
  if (ours === undefined || best === undefined) return [];
  // Throughput is the reciprocal of time, so this divides the peer's time by ours.
  const ratio = summarize(ratios(best.costs.wallUs, ours.wallUs));
  const measure = `${where}, ${algorithm}, throughput over the best peer (${best.name})`;
  return [atLeast(measure, ratio, LIMIT, '×')];
}

function bestPeer(
  costs: CostsByName,
): { readonly name: string; readonly costs: Costs } | undefined {
  return [...costs]
    .slice(FLOORS)
    .filter(([name]) => !name.startsWith(OURS))
    .map(([name, each]) => ({ name, costs: each }))
    .sort((a, b) => median(a.costs.wallUs) - median(b.costs.wallUs))[0];
}

function perSecond(wallUs: readonly number[]): Summary {
  return summarize(wallUs.map((us) => 1_000_000 / us));
}
