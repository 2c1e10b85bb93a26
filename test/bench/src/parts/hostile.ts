import { median, ratios, summarize } from '../harness/statistics.ts';
import { type Child, openChild } from '../http/child.ts';
import type { Framework } from '../http/guarded-app.ts';
import type { LoadAnswer, LoadQuestion } from '../http/load-process.ts';
import type { OpenLoopAnswer, OpenLoopQuestion, Stream } from '../http/open-loop-process.ts';
import type { ServerAnswer, ServerQuestion } from '../http/server-process.ts';
import { atMost, type Findings, type Goal, type Table } from '../report/report.ts';
import { realisticTokens } from '../tokens/realistic-token.ts';
import { openTarget } from '../tokens/target.ts';
import { type BadTokens, badTokens } from './bad-tokens.ts';
import type { Scale } from './scale.ts';

const DISTINCT = 2_000;
const ROUNDS = 5;
const TURN_SEC = 0.4;
const CAPACITY_SEC = 1;
/** Shares of the measured capacity: what attackers send, and what honest callers send. */
const HOSTILE = 0.3;
const HONEST = 0.1;
const LIMIT = 2;
const PATH = '/users';

type Server = Child<ServerQuestion, ServerAnswer>;
type Generator = Child<OpenLoopQuestion, OpenLoopAnswer>;

/** Honest requests while others send bad tokens: how much the bad ones slow the honest ones down. */
export async function hostile(scale: Scale): Promise<Findings> {
  const { key, target, close } = await openTarget('RS256');
  const good = realisticTokens(key, scale.size(DISTINCT));
  const bad = badTokens(key, scale.size(DISTINCT));
  const tables: Table[] = [];
  const goals: Goal[] = [];
  for (const framework of ['express', 'koa'] as const) {
    const server: Server = openChild('server-process.js');
    const { jwksUri } = target;
    const opened = { type: 'open', framework, guard: 'authly', publicJwk: key.publicJwk } as const;
    const { port } = await server.ask({ ...opened, jwksUri });
    const capacity = await capacityOf(port, good);
    const latencies = await runRounds(port, { good, bad, capacity }, scale.rounds(ROUNDS));
    server.close();
    const { table, goal } = conclude(framework, capacity, latencies);
    tables.push(table);
    goals.push(...goal);
  }
  close();
  return { tables, goals, charts: [] };
}

/** How many requests per second the server answers when fifty connections ask as fast as they can. */
async function capacityOf(port: number, tokens: readonly string[]): Promise<number> {
  const load = openChild<LoadQuestion, LoadAnswer>('load-process.js');
  const question = { url: `http://127.0.0.1:${port}${PATH}`, tokens, connections: 50 };
  // The first run is the warm-up.
  await load.ask({ ...question, durationSec: CAPACITY_SEC });
  const { perSecond } = await load.ask({ ...question, durationSec: CAPACITY_SEC });
  load.close();
  return perSecond;
}

interface Traffic {
  readonly good: readonly string[];
  readonly bad: BadTokens;
  readonly capacity: number;
}

/** Median latency of honest requests in each round, with each kind of bad token and without any. */
async function runRounds(
  port: number,
  { good, bad, capacity }: Traffic,
  rounds: number,
): Promise<ReadonlyMap<string, readonly number[]>> {
  const generator: Generator = openChild('open-loop-process.js');
  const latencies = new Map<string, number[]>();
  const kinds = [['none', good] as const, ...Object.entries(bad)];
  for (let round = 0; round <= rounds; round++) {
    for (const [kind, tokens] of kinds) {
      const hostileStream: Stream = {
        tokens,
        rate: kind === 'none' ? 0 : capacity * HOSTILE,
        status: 401,
      };
      const { latenciesMs } = await generator.ask({
        port,
        path: PATH,
        honest: { tokens: good, rate: capacity * HONEST, status: 200 },
        hostile: hostileStream,
        durationSec: TURN_SEC,
      });
      // The first round is the warm-up.
      const own = latencies.get(kind) ?? [];
      if (round > 0) own.push(median(latenciesMs) * 1_000);
      latencies.set(kind, own);
    }
  }
  generator.close();
  return latencies;
}

function conclude(
  framework: Framework,
  capacity: number,
  latencies: ReadonlyMap<string, readonly number[]>,
): { readonly table: Table; readonly goal: readonly Goal[] } {
  const alone = latencies.get('none') ?? [];
  const slowdowns = [...latencies].map(
    ([kind, samples]) => [kind, samples, summarize(ratios(samples, alone))] as const,
  );
  return {
    table: {
      title: `Bad tokens beside honest requests, ${framework}`,
      note:
        `Capacity ${Math.round(capacity).toLocaleString('en-US')} requests a second; 10 % of that are ` +
        'honest requests with distinct tokens, 30 % carry bad tokens of one kind. Latency of the honest ' +
        'ones, medians of whole turns.',
      columns: ['bad tokens', 'latency µs', '× without'],
      rows: slowdowns.map(([kind, samples, ratio]) => [kind, summarize(samples), ratio]),
    },
    goal: slowdowns
      .filter(([kind]) => kind !== 'none')
      .map(([kind, , ratio]) => {
        return atMost(`${framework}, honest latency beside tokens ${kind}`, ratio, LIMIT, '×');
      }),
  };
}
