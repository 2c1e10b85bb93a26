import { type Child, openChild } from '../http/child.ts';
import type { Framework, Guard } from '../http/guarded-app.ts';
import type { LoadAnswer, LoadQuestion } from '../http/load-process.ts';
import type { ServerAnswer, ServerQuestion } from '../http/server-process.ts';
import type { Target } from '../tokens/target.ts';

/** What a guarded server did in each round. */
export interface HttpCosts {
  readonly perSecond: readonly number[];
  /** Processor time of the server process per request. */
  readonly cpuUs: readonly number[];
}

/** What is measured, and with which tokens. */
export interface HttpTurns {
  readonly framework: Framework;
  readonly guards: readonly Guard[];
  readonly target: Target;
  /** Tokens, by the name of their corpus. */
  readonly corpora: Readonly<Record<string, readonly string[]>>;
  readonly rounds: number;
}

interface Lane {
  readonly guard: Guard;
  readonly server: Child<ServerQuestion, ServerAnswer>;
  readonly perSecond: number[];
  readonly cpuUs: number[];
}

const CONNECTIONS = 50;
const TURN_SEC = 0.6;
/** V8 needs time to optimize: the first second of a server costs half as much again as later ones. */
const WARM_UP_SEC = 2.5;

/**
 * Puts servers under load in turns. Each server is a process of its own, which is idle while the others have
 * their turn. Each round begins with another server.
 */
export async function runHttpRounds(
  turns: HttpTurns,
): Promise<ReadonlyMap<string, ReadonlyMap<Guard, HttpCosts>>> {
  const load = openChild<LoadQuestion, LoadAnswer>('load-process.js');
  const results = new Map<string, ReadonlyMap<Guard, HttpCosts>>();
  for (const [name, tokens] of Object.entries(turns.corpora)) {
    // New processes for each corpus, so that the former one leaves nothing in their caches or in V8.
    const lanes = turns.guards.map(newLane);
    for (const lane of lanes) {
      await openServer(lane, turns);
      await turn(lane, load, tokens, WARM_UP_SEC);
    }
    for (const lane of lanes) lane.perSecond.length = lane.cpuUs.length = 0;
    for (let round = 0; round < turns.rounds; round++) {
      for (let place = 0; place < lanes.length; place++) {
        const lane = lanes[(round + place) % lanes.length];
        if (lane !== undefined) await turn(lane, load, tokens, TURN_SEC);
      }
    }
    for (const { server } of lanes) server.close();
    results.set(name, new Map(lanes.map((lane) => [lane.guard, lane])));
  }
  load.close();
  return results;
}

function newLane(guard: Guard): Lane {
  return { guard, server: openChild('server-process.js'), perSecond: [], cpuUs: [] };
}

async function openServer(
  { server, guard }: Lane,
  { framework, target }: HttpTurns,
): Promise<void> {
  const [publicJwk] = target.jwks.keys;
  if (publicJwk === undefined) throw new Error('The target has no key');
  await server.ask({ type: 'open', framework, guard, publicJwk, jwksUri: target.jwksUri });
}

async function turn(
  { server, perSecond, cpuUs }: Lane,
  load: Child<LoadQuestion, LoadAnswer>,
  tokens: readonly string[],
  durationSec: number,
): Promise<void> {
  const before = await server.ask({ type: 'read' });
  const url = `http://127.0.0.1:${before.port}/users`;
  const seen = await load.ask({ url, tokens, connections: CONNECTIONS, durationSec });
  const after = await server.ask({ type: 'read' });
  perSecond.push(seen.perSecond);
  cpuUs.push((after.cpuUs - before.cpuUs) / (after.served - before.served));
}
