import { setTimeout as delay } from 'node:timers/promises';
import { type RedisStores, type RedisStoresOptions, redisStores } from '@authly/redis';
import { fakeClock } from '@authly/testing';
import {
  type ContractCase,
  introspectionStoreContract,
  type RevocationsUnderTest,
  replayStoreContract,
  revocationStoreContract,
} from '@authly/testing/contracts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findDebianServer } from './support/debian-server.ts';
import { CLIENTS, CLUSTER_CLIENTS, type OpenClient } from './support/redis-clients.ts';
import { type RedisCluster, startRedisCluster } from './support/redis-cluster.ts';
import { type RedisServer, startRedis } from './support/redis-server.ts';

const program = findDebianServer('redis-server');

/** The machine's time, which the server's is, too. */
const clock = { now: () => Date.now() };

/** What a test opens, and ends all at once. */
interface Open {
  stores(options?: Partial<RedisStoresOptions>): Promise<RedisStores>;
  following(options?: Partial<RedisStoresOptions>): Promise<RedisStores>;
  close(): void;
}

function opener(connect: () => Promise<OpenClient>): Open {
  const opened: { close(): void }[] = [];
  async function aCommand() {
    const client = await connect();
    opened.push(client);
    return client.command;
  }
  async function stores(options: Partial<RedisStoresOptions> = {}) {
    const made = redisStores({
      command: await aCommand(),
      prefix: 'contracts',
      timeoutMs: 5_000,
      ...options,
    });
    opened.unshift(made);
    await made.ready();
    return made;
  }
  return {
    stores,
    following: async (options) =>
      await stores({ ...options, follow: { command: await aCommand() } }),
    close() {
      for (const each of opened) each.close();
    },
  };
}

/** The cases of every contract, each over two processes' worth of connections. */
function contractsOver(connect: () => Promise<OpenClient>): readonly ContractCase[] {
  const revocations = (way: 'stores' | 'following') =>
    revocationStoreContract(async (settings): Promise<RevocationsUnderTest> => {
      const open = opener(connect);
      const [one, other] = [await open[way](settings), await open[way](settings)];
      return {
        revocations: one.revocations,
        other: other.revocations,
        clock,
        advance: (ms) => delay(ms),
        seenWithinMs: way === 'following' ? 1_000 : 0,
        close: open.close,
      };
    });
  const replay = replayStoreContract(async () => {
    const open = opener(connect);
    const [one, other] = [await open.stores(), await open.stores()];
    return { store: one.replay, other: other.replay, advance: delayed, close: open.close };
  });
  const introspection = introspectionStoreContract(async () => {
    const open = opener(connect);
    const [one, other] = [await open.stores(), await open.stores()];
    return {
      store: one.introspections,
      other: other.introspections,
      advance: delayed,
      close: open.close,
    };
  });
  const named = (kind: string, cases: readonly ContractCase[]) =>
    cases.map(({ name, run }) => ({ name: `${kind}: ${name}`, run }));
  return [
    ...named('replay', replay),
    ...named('introspection', introspection),
    ...named('revocations that ask', revocations('stores')),
    ...named('revocations that follow', revocations('following')),
  ];
}

const delayed = async (ms: number) => await delay(ms);

describe.runIf(program !== undefined).each(Object.entries(CLIENTS))('%s', (_name, connect) => {
  let server: RedisServer;

  beforeAll(async () => {
    server = await startRedis(program ?? expect.unreachable());
  });
  afterAll(() => server?.remove());

  it.concurrent.each(contractsOver(() => connect(server.port)))('$name', ({ run }) => run());
});

describe.runIf(program !== undefined).each(Object.entries(CLUSTER_CLIENTS))(
  '%s',
  (_name, connect) => {
    let cluster: RedisCluster;

    beforeAll(async () => {
      cluster = await startRedisCluster(program ?? expect.unreachable());
    });
    afterAll(() => cluster?.remove());

    it.concurrent.each(contractsOver(() => connect(cluster.port)))('$name', ({ run }) => run());
  },
);

describe.runIf(program !== undefined)('marks that expired', () => {
  it('go an hour later, some whenever one is made, with everything that was kept of them', async () => {
    const server = await startRedis(program ?? expect.unreachable());
    const open = opener(() => (CLIENTS['node-redis'] ?? expect.unreachable())(server.port));
    const time = fakeClock();
    try {
      const { revocations } = await open.stores({ clock: time, retainSec: 60 });
      const size = async () => [
        await server.command('HLEN', '{contracts:1:v}:marks'),
        await server.command('ZCARD', '{contracts:1:v}:until'),
      ];
      for (let count = 0; count < 20; count++) await revocations.revokePrincipal(`user:${count}`);
      expect(await size()).toEqual([20, 20]);
      time.advanceSec(3_000);
      await revocations.revokePrincipal('user:in time');
      expect(await size()).toEqual([21, 21]);
      time.advanceSec(1_000);
      const { id } = await revocations.revokePrincipal('user:late');
      expect(await size()).toEqual([22 - 16, 22 - 16]);
      await revocations.revokePrincipal('user:later');
      expect(await size()).toEqual([3, 3]);
      expect((await revocations.list()).map((mark) => mark.id)).toContain(id);
    } finally {
      open.close();
      await server.remove();
    }
  });
});
