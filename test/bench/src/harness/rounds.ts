import { performance } from 'node:perf_hooks';
import { setImmediate } from 'node:timers/promises';
import type { Corpus } from '../tokens/corpus.ts';
import type { Contender } from './contender.ts';

/** What one operation of a contender cost in each round, in microseconds. */
export interface Costs {
  /** Elapsed time. */
  readonly wallUs: readonly number[];
  /** Processor time of the whole process, including the thread pool and garbage collection. */
  readonly cpuUs: readonly number[];
  /** Time in which the main thread was busy. */
  readonly mainUs: readonly number[];
}

/** How much is measured, and how. */
export interface Effort {
  readonly rounds: number;
  /** Length of one contender's turn in a round, in milliseconds. */
  readonly turnMs: number;
  /** How many operations are in flight at the same time. */
  readonly inFlight: number;
  /** How the operations arrive. Default: in lanes. */
  readonly arrival?: Arrival;
}

/**
 * `lanes`: each lane takes the next token when its own is done, as connections of a server do. `bursts`: all
 * operations of a burst arrive together, and the next burst comes one turn of the event loop after the last
 * of them is done.
 */
export type Arrival = 'lanes' | 'bursts';

/** V8 optimizes hot code in far less time than this. */
const WARM_UP_MS = 80;

interface Lane {
  readonly contender: Contender;
  readonly corpus: Corpus;
  operations: number;
  cursor: number;
  readonly wallUs: number[];
  readonly cpuUs: number[];
  readonly mainUs: number[];
}

/**
 * Runs contenders in turns over the same tokens: one turn each in a round, many rounds, and each
 * round begins with another contender. So other work of the machine affects all of them in the same
 * way.
 */
export async function runRounds(
  contenders: readonly Contender[],
  corpus: Corpus,
  effort: Effort,
): Promise<ReadonlyMap<string, Costs>> {
  const lanes = contenders.map((contender) => newLane(contender, corpus));
  for (const lane of lanes) await calibrate(lane, effort);
  for (let round = 0; round < effort.rounds; round++) {
    for (let turn = 0; turn < lanes.length; turn++) {
      const lane = lanes[(round + turn) % lanes.length];
      if (lane !== undefined) await measure(lane, effort);
    }
  }
  return new Map(lanes.map((lane) => [lane.contender.name, lane]));
}

function newLane(contender: Contender, common: Corpus): Lane {
  const { corpus = common } = contender;
  return { contender, corpus, operations: 0, cursor: 0, wallUs: [], cpuUs: [], mainUs: [] };
}

/** Finds how many operations fill a turn. These operations are also the warm-up. */
async function calibrate(lane: Lane, effort: Effort): Promise<void> {
  // First fill the contender's cache, so that filling it is not measured.
  lane.operations = lane.corpus.size;
  await timed(lane, effort);
  lane.operations = effort.inFlight;
  // The fastest turn counts. In slower ones something was still cold, or another process used the core.
  let fastestMs = Number.POSITIVE_INFINITY;
  const end = performance.now() + Math.max(4 * effort.turnMs, WARM_UP_MS);
  while (performance.now() < end) {
    const elapsedMs = await timed(lane, effort);
    fastestMs = Math.min(fastestMs, elapsedMs / lane.operations);
    if (elapsedMs < effort.turnMs / 2) lane.operations *= 2;
  }
  lane.operations = Math.max(effort.inFlight, Math.round(effort.turnMs / fastestMs));
}

async function measure(lane: Lane, effort: Effort): Promise<void> {
  // Collects the young generation, so that no contender pays for the garbage of the one before. A full
  // collection would also leave V8 and the processor's caches cold, which cost some contenders half as much
  // again.
  globalThis.gc?.({ type: 'minor' });
  const utilization = performance.eventLoopUtilization();
  const cpu = process.cpuUsage();
  const elapsedMs = await timed(lane, effort);
  const spent = process.cpuUsage(cpu);
  const { active } = performance.eventLoopUtilization(utilization);
  lane.wallUs.push((elapsedMs * 1_000) / lane.operations);
  lane.cpuUs.push((spent.user + spent.system) / lane.operations);
  lane.mainUs.push((active * 1_000) / lane.operations);
}

/** Runs one turn and returns how long it took, in milliseconds. */
async function timed(lane: Lane, { inFlight, arrival }: Effort): Promise<number> {
  const start = performance.now();
  const end = lane.cursor + lane.operations;
  if (inFlight === 1) await oneByOne(lane, end);
  else if (lane.contender.turn !== undefined) await lane.contender.turn(lane.operations);
  else if (arrival === 'bursts') await inBursts(lane, end, inFlight);
  else await inLanes(lane, end, inFlight);
  return performance.now() - start;
}

async function oneByOne(lane: Lane, end: number): Promise<void> {
  const { contender, corpus } = lane;
  const { verify } = contender;
  while (lane.cursor < end) {
    const index = lane.cursor++ % corpus.size;
    const result = verify(corpus.fresh(index), index);
    if (result instanceof Promise) await result;
  }
}

async function inLanes(lane: Lane, end: number, inFlight: number): Promise<void> {
  await Promise.all(Array.from({ length: inFlight }, () => oneByOne(lane, end)));
}

async function inBursts(lane: Lane, end: number, inFlight: number): Promise<void> {
  while (lane.cursor < end) {
    const last = Math.min(end, lane.cursor + inFlight);
    await inLanes(lane, last, last - lane.cursor);
    await setImmediate();
  }
}
