import {
  createResourceServer,
  memoryReplayStore,
  memoryRevocations,
  type ReplayStore,
  type RequestView,
  type ResourceServer,
  type RevocationStore,
} from '@authly/core';
import { rfc9068 } from '@authly/core/providers';
import { ioredis, nodeRedis, type RedisCommand, redisStores } from '@authly/redis';
import { aProof, generateTestKey, thumbprintOf } from '@authly/testing';
import { Redis as Ioredis } from 'ioredis';
import { createClient } from 'redis';
import type { Contender } from '../harness/contender.ts';
import { startRedisProcess } from '../harness/redis-process.ts';
import { type Costs, runRounds } from '../harness/rounds.ts';
import { ratios, type Summary, summarize } from '../harness/statistics.ts';
import { atLeast, atMost, type Findings, type Goal } from '../report/report.ts';
import { type Corpus, corpusOf } from '../tokens/corpus.ts';
import { AUDIENCE, realisticTokens } from '../tokens/realistic-token.ts';
import { openTarget, type Target } from '../tokens/target.ts';
import type { Scale } from './scale.ts';

const PROOFS = 2_000;
const TOKENS = 100;
const MARKS = 10_000;
const ROUNDS = 21;
const TURN_MS = 30;
const IN_FLIGHT = 64;
/** Proofs are made once and used in all rounds, so they must stay fresh that long. */
const MAX_AGE_SEC = 300;

const MEMORY = 'in memory';
const ASK = 'Redis, ask';
const FOLLOW = 'Redis, follow';
const NONE = 'no revocation';
const FOLLOWED = `follow, ${MARKS} marks`;

/** The Redis clients whose cost is measured. */
const CLIENTS = ['node-redis', 'ioredis'] as const;
type ClientName = (typeof CLIENTS)[number];

/** What used proofs and revocations cost if processes share them in Redis, compared with memory. */
export async function shared(scale: Scale): Promise<Findings> {
  const redis = await startRedisProcess();
  if (redis === undefined) return NOTHING_MEASURED;
  const opened: { close(): void }[] = [redis];
  const open = <Thing extends { close(): void }>(thing: Thing): Thing => {
    opened.unshift(thing);
    return thing;
  };
  const { key, target, close } = await openTarget('ES256');
  open({ close });
  const connect = async (name: ClientName): Promise<RedisCommand> => {
    if (name === 'ioredis') {
      const client = new Ioredis(redis.port, '127.0.0.1');
      open({ close: () => client.disconnect() });
      return ioredis(client);
    }
    const client = createClient({ url: redis.url });
    await client.connect();
    open({ close: () => client.destroy() });
    return nodeRedis(client);
  };
  const storesOf = async (name: ClientName, follows: boolean) => {
    const command = await connect(name);
    const follow = follows ? { command: await connect(name) } : undefined;
    const stores = open(redisStores({ command, prefix: 'bench', follow, timeoutMs: 10_000 }));
    await stores.ready();
    return stores;
  };

  const client = generateTestKey('ES256');
  const tokens = realisticTokens(key, TOKENS, { cnf: { jkt: thumbprintOf(client) } });
  const proofs = corpusOf(
    Array.from({ length: scale.size(PROOFS) }, (_, index) =>
      aProof({ key: client, url: `${AUDIENCE}/`, token: tokens[index % TOKENS] ?? '' }),
    ),
  );
  const serverWith = async (store?: RevocationStore, replay?: ReplayStore) =>
    open(await serverOf(target, store, replay));
  const bound = async (name: string, store: RevocationStore, replay: ReplayStore) => {
    const server = await serverWith(store, eachOnce(replay));
    return { name, verify: sending(server, corpusOf(tokens)) };
  };

  const contenders = [await bound(MEMORY, memoryRevocations(), memoryReplayStore())];
  for (const name of CLIENTS) {
    for (const [way, follows] of [[ASK, false] as const, [FOLLOW, true] as const]) {
      const { revocations, replay } = await storesOf(name, follows);
      contenders.push(await bound(`${way}, ${name}`, revocations, replay));
    }
  }
  const effort = { rounds: scale.rounds(ROUNDS), turnMs: TURN_MS, inFlight: IN_FLIGHT };
  const costs = await runRounds(contenders, proofs, effort);

  const { revocations } = await storesOf('node-redis', true);
  const marks = Array.from({ length: scale.size(MARKS) }, (_, index) => index);
  while (marks.length > 0) {
    const some = marks.splice(0, 500);
    await Promise.all(some.map((index) => revocations.revokePrincipal(`user:${index}`)));
  }
  const bearers = corpusOf(realisticTokens(key, TOKENS));
  const bearerCosts = await runRounds(
    [
      { name: NONE, verify: bearer(await serverWith()) },
      { name: FOLLOWED, verify: bearer(await serverWith(revocations)) },
    ],
    bearers,
    { rounds: scale.rounds(ROUNDS), turnMs: TURN_MS, inFlight: 1 },
  );
  for (const each of opened) each.close();
  return conclude(costs, bearerCosts);
}

async function serverOf(
  { issuer, jwksUri, audience }: Target,
  store?: RevocationStore,
  replay?: ReplayStore,
): Promise<ResourceServer> {
  const server = createResourceServer({
    issuer: rfc9068({ issuer, jwksUri }),
    audience,
    ...(replay && { dpop: { maxAgeSec: MAX_AGE_SEC, publicUrls: AUDIENCE, replay } }),
    ...(store && { revocation: { store, timeoutMs: 10_000 } }),
  });
  await server.ready();
  return server;
}

/** Counts over all stores, because the stores in Redis share their content. */
let reserved = 0;

/** A store that gets a new id for each call. So a proof that is sent again counts as new. */
function eachOnce(store: ReplayStore): ReplayStore {
  return { reserve: (id, options) => store.reserve(`${reserved++} ${id}`, options) };
}

function sending(server: ResourceServer, tokens: Corpus): Contender['verify'] {
  return (proof, index) => server.authenticate(viewOf(tokens.fresh(index % tokens.size), proof));
}

function bearer(server: ResourceServer): Contender['verify'] {
  return (token) => server.authenticate(viewOf(token));
}

function viewOf(token: string, proof?: string): RequestView {
  const authorization = `${proof === undefined ? 'Bearer' : 'DPoP'} ${token}`;
  const header = (name: string) => {
    if (name === 'authorization') return authorization;
    return name === 'dpop' ? proof : undefined;
  };
  return { method: 'GET', url: '/', header };
}

const NOTHING_MEASURED: Findings = {
  tables: [
    {
      title: 'Used proofs and revocations, shared',
      note: 'Not measured: redis-server is not installed.',
      columns: ['', ''],
      rows: [],
    },
  ],
  goals: [],
  charts: [],
};

type CostsByName = ReadonlyMap<string, Costs>;

function conclude(costs: CostsByName, bearerCosts: CostsByName): Findings {
  // Throughput is the inverse of the time of one operation.
  const throughput = (name: string) => ratioOf(costs, MEMORY, name, 'wallUs');
  // Other work on the machine hardly shows in processor time.
  const byCpu = (name: string) => ratioOf(costs, MEMORY, name, 'cpuUs');
  const names = [...costs.keys()];
  const added = summarize(differences(bearerCosts, FOLLOWED, NONE));
  return {
    tables: [
      {
        title: `Requests with a proof, ES256, ${IN_FLIGHT} in flight`,
        note:
          'Token and key seen; each proof is asked about and remembered, and each token is looked up. ' +
          'redis-server runs on the same machine, and takes its share of the processors.',
        columns: ['', 'µs', 'CPU µs', 'throughput × in memory', 'by CPU time'],
        rows: names.map((name) => [
          name,
          summaryOf(costs, name, 'wallUs'),
          summaryOf(costs, name, 'cpuUs'),
          throughput(name),
          byCpu(name),
        ]),
      },
      {
        title: 'Requests without a proof',
        note: 'A Bearer token that was seen before.',
        columns: ['', 'CPU µs'],
        rows: [
          ...[...bearerCosts.keys()].map(
            (name) => [name, summaryOf(bearerCosts, name, 'cpuUs')] as const,
          ),
          ['added by follow', added],
        ],
      },
    ],
    goals: [
      ...names.flatMap((name): Goal[] => {
        if (name === MEMORY) return [];
        const limit = name.startsWith(ASK) ? 0.5 : 0.7;
        return [atLeast(`${name}: throughput over ${MEMORY}`, throughput(name), limit, '×')];
      }),
      atMost('added by follow, a request', added, 0.5, 'µs'),
    ],
    charts: [],
  };
}

function differences(costs: CostsByName, name: string, base: string): readonly number[] {
  const bases = costs.get(base)?.cpuUs ?? [];
  return (costs.get(name)?.cpuUs ?? []).map((cost, round) => cost - (bases[round] ?? 0));
}

function summaryOf(costs: CostsByName, name: string, cost: keyof Costs): Summary {
  return summarize(costs.get(name)?.[cost] ?? []);
}

function ratioOf(costs: CostsByName, name: string, base: string, cost: keyof Costs): Summary {
  return summarize(ratios(costs.get(name)?.[cost] ?? [], costs.get(base)?.[cost] ?? []));
}
