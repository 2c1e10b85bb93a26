import { differences, ratios, type Summary, summarize } from '../harness/statistics.ts';
import type { Framework, Guard } from '../http/guarded-app.ts';
import {
  atLeast,
  atMost,
  type Chart,
  type Findings,
  type Goal,
  type Table,
} from '../report/report.ts';
import { realisticTokens } from '../tokens/realistic-token.ts';
import { openTarget } from '../tokens/target.ts';
import { type HttpCosts, type HttpTurns, runHttpRounds } from './http-rounds.ts';
import { httpSocketless } from './http-socketless.ts';
import type { Scale } from './scale.ts';

const DISTINCT = 5_000;
const ROUNDS = 5;
/** In each of three processes. */
const SOCKETLESS_ROUNDS = 25;
/** The ten lines that an API writes by hand. */
const BY_HAND = 'jose-cached';

const GUARDS: Readonly<Record<Framework, readonly Guard[]>> = {
  express: [
    'bare',
    'authly',
    BY_HAND,
    'fast-jwt',
    'express-oauth2-jwt-bearer',
    'jose',
    'express-jwt',
  ],
  koa: ['bare', 'authly', 'fast-jwt', 'koa-jwt'],
};

/**
 * The limits of a framework: added processor time per request, and requests per second as a multiple of the
 * peer that is made for the framework.
 */
const LIMITS: Readonly<
  Record<Framework, { readonly addedUs: number; readonly peer: Guard; readonly factor: number }>
> = {
  express: { addedUs: 12, peer: 'express-oauth2-jwt-bearer', factor: 1.5 },
  koa: { addedUs: 6, peer: 'koa-jwt', factor: 6 },
};
/** What Authly's guard may cost in addition to a cached fast-jwt by hand. */
const BEYOND_FAST_JWT_US = 2;

type Costs = ReadonlyMap<Guard, HttpCosts>;

/** Whole servers under load: what authentication and one scope check add to a request. */
export async function http(scale: Scale): Promise<Findings> {
  const { key, target, close } = await openTarget('RS256');
  const tokens = realisticTokens(key, scale.size(DISTINCT));
  const corpora = { 'one repeated token': tokens.slice(0, 1), '5,000 distinct tokens': tokens };
  const tables: Table[] = [];
  const goals: Goal[] = [];
  const charts: Chart[] = [];
  const unseen = await neverSeenBefore(scale);
  for (const framework of ['express', 'koa'] as const) {
    const turns: HttpTurns = {
      framework,
      guards: GUARDS[framework],
      target,
      corpora,
      rounds: scale.rounds(ROUNDS),
    };
    for (const [name, costs] of await runHttpRounds(turns)) {
      const what = `${framework}, RS256, ${name}`;
      tables.push(tableOf(what, costs));
      goals.push(...goalsOf(what, framework, costs));
      charts.push(chartOf(what, costs));
    }
  }
  const rounds = scale.rounds(SOCKETLESS_ROUNDS);
  const guards: readonly Guard[] = ['bare', 'authly', BY_HAND];
  const turns: HttpTurns = { framework: 'express', guards, target, corpora, rounds };
  const socketless = await httpSocketless(turns, BY_HAND);
  close();
  return {
    tables: [...tables, ...socketless.tables, ...unseen],
    goals: [...goals, ...socketless.goals],
    charts,
  };
}

/**
 * Every token verified completely. Shows what a server gains from the second thread, although the load
 * generator uses the same cores.
 */
async function neverSeenBefore(scale: Scale): Promise<readonly Table[]> {
  const tables: Table[] = [];
  for (const algorithm of ['RS256', 'ES256'] as const) {
    const { key, target, close } = await openTarget(algorithm);
    const costs = await runHttpRounds({
      framework: 'koa',
      guards: ['bare', 'authly-uncached', 'authly-one-thread'],
      target,
      corpora: { tokens: realisticTokens(key, scale.size(DISTINCT)) },
      rounds: scale.rounds(ROUNDS),
    });
    for (const each of costs.values()) tables.push(tableOf(`koa, ${algorithm}, no cache`, each));
    close();
  }
  return tables;
}

function tableOf(what: string, costs: Costs): Table {
  return {
    title: `HTTP, ${what}`,
    note:
      '50 connections, autocannon in a process of its own. Processor time of the server process ' +
      'a request, and what it has more than two middlewares that do nothing in the same round.',
    columns: ['', 'requests a second', '× bare', 'CPU µs', 'added CPU µs'],
    rows: [...costs].map(([guard, { perSecond, cpuUs }]) => [
      guard,
      summarize(perSecond),
      over(costs, guard, 'bare'),
      summarize(cpuUs),
      added(costs, guard, 'bare'),
    ]),
  };
}

function goalsOf(what: string, framework: Framework, costs: Costs): Goal[] {
  const { addedUs, peer, factor } = LIMITS[framework];
  const beyondByHand: readonly Goal[] = costs.has(BY_HAND)
    ? [atMost(`${what}: CPU beyond jose and a Map`, added(costs, 'authly', BY_HAND), 0, 'µs')]
    : [];
  return [
    ...beyondByHand,
    atMost(`${what}: added CPU a request`, added(costs, 'authly', 'bare'), addedUs, 'µs'),
    atMost(
      `${what}: CPU beyond cached fast-jwt`,
      added(costs, 'authly', 'fast-jwt'),
      BEYOND_FAST_JWT_US,
      'µs',
    ),
    atLeast(`${what}: requests a second over ${peer}`, over(costs, 'authly', peer), factor, '×'),
  ];
}

function chartOf(what: string, costs: Costs): Chart {
  const guards = [...costs.keys()].filter((guard) => guard !== 'bare');
  return {
    title: `HTTP, ${what}: added processor time`,
    unit: 'µs a request',
    bars: guards.map((guard) => ({ name: guard, value: added(costs, guard, 'bare') })),
  };
}

function added(costs: Costs, guard: Guard, base: Guard): Summary {
  return summarize(differences(costs.get(guard)?.cpuUs ?? [], costs.get(base)?.cpuUs ?? []));
}

function over(costs: Costs, guard: Guard, base: Guard): Summary {
  return summarize(ratios(costs.get(guard)?.perSecond ?? [], costs.get(base)?.perSecond ?? []));
}
