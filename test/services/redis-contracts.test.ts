import { setTimeout as delay } from 'node:timers/promises';
import { isRevocationStoreFullError } from '@authly/core';
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
import { CLIENTS, CLUSTER_CLIENTS, type OpenClient } from './support/redis-clients.ts';
import { type RedisCluster, startRedisCluster } from './support/redis-cluster.ts';
import { findRedisProgram } from './support/redis-program.ts';
import { type RedisServer, startRedis } from './support/redis-server.ts';

const program = findRedisProgram();

/** The time of this machine, since the Redis server uses the same clock. */
const clock = { now: () => Date.now() };

/** The connections that a test opens. They are closed together at its end. */
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

/** Runs every case of every contract with two sets of connections, as two processes would have. */
function contractsOver(connect: () => Promise<OpenClient>): readonly ContractCase[] {
  const revocations = (way: 'stores' | 'following') =>
    revocationStoreContract(async (settings): Promise<RevocationsUnderTest> => {
      const open = opener(connect);
      // All processes that use one prefix must have the same settings.
      const prefix = `contracts-${settings.retainSec}-${settings.toleranceSec}`;
      const options = { ...settings, prefix };
      const [one, other] = [await open[way](options), await open[way](options)];
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

describe.runIf(program !== undefined)('expired marks', () => {
  it('are removed completely an hour later, some each time when a new mark is made', async () => {
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

describe.runIf(program !== undefined)('processes of one prefix', () => {
  let server: RedisServer;
  const opened: Open[] = [];
  const open = () => {
    const made = opener(() => (CLIENTS['node-redis'] ?? expect.unreachable())(server.port));
    opened.push(made);
    return made;
  };

  beforeAll(async () => {
    server = await startRedis(program ?? expect.unreachable());
  });
  afterAll(async () => {
    for (const each of opened) each.close();
    await server?.remove();
  });

  it('share the limit of marks: a holder gets as many as are still free, whichever process makes them', async () => {
    const time = fakeClock();
    const options = { clock: time, retainSec: 60, maxMarks: 16, prefix: 'shares' };
    const both = [await open().stores(options), await open().stores(options)] as const;
    const flood = async (holder: string) => {
      let made = 0;
      for (;;) {
        const { revocations } = both[made % 2 === 0 ? 0 : 1];
        const target = { issuer: holder, subject: `s${made}` };
        const outcome = await revocations
          .revokeSubject(target, { holder })
          .catch((e: unknown) => e);
        if (isRevocationStoreFullError(outcome)) return `${made}, ${outcome.full}`;
        made += 1;
      }
    };
    const [{ revocations }] = both;
    expect(await flood('a')).toBe('8, holder');
    expect(await flood('b')).toBe('4, holder');
    await revocations.revokeSubject({ issuer: 'a', subject: 's0' }, { holder: 'a' });
    for (let count = 0; count < 8; count++) await revocations.revokePrincipal(`user:own ${count}`);
    expect(await revocations.list()).toHaveLength(20);
    await expect(revocations.revokeToken({ token: 't' }, { holder: 'c' })).rejects.toThrow(
      'full for this holder',
    );
    await revocations.clear({ kind: 'subject', issuer: 'a', subject: 's0' });
    await revocations.clear({ kind: 'principal', principalKey: 'user:own 0' });
    const held = async () => await server.command('HVALS', '{shares:1:v}:held');
    expect(await held()).toEqual(['7', '4']);
    time.advanceSec(60 + 3_700);
    await revocations.revokeToken({ token: 't' }, { holder: 'c' });
    await revocations.revokeToken({ token: 'u' }, { holder: 'c' });
    expect(await held()).toEqual(['2']);
    expect(await server.command('HLEN', '{shares:1:v}:holders')).toBe(2);
  });

  it('count only the existing marks, also when an earlier version of the package has removed some', async () => {
    const { revocations } = await open().stores({ maxMarks: 16, prefix: 'mixed' });
    const mark = (id: number) =>
      revocations.revokeSubject({ issuer: 'a', subject: `${id}` }, { holder: 'a' });
    const held = async () => await server.command('HVALS', '{mixed:1:v}:held');
    for (let id = 0; id < 8; id++) await mark(id);
    await expect(mark(8)).rejects.toThrow('full for this holder');
    // The scripts of earlier versions know only these two keys.
    await server.command('DEL', '{mixed:1:v}:marks', '{mixed:1:v}:until');
    await mark(0);
    expect(await held()).toEqual(['8']);
    for (let id = 10; id < 17; id++) await mark(id);
    await expect(mark(17)).rejects.toThrow('full for this holder');
    expect(await held()).toEqual(['8']);
    expect(await server.command('HLEN', '{mixed:1:v}:holders')).toBe(8);
  });

  it('fail at their start if they keep marks for another time than the first process', async () => {
    const start = (retainSec: number) => open().following({ prefix: 'settings', retainSec });
    await start(3_600);
    await start(3_600);
    await expect(start(60)).rejects.toThrow(
      "Write: retainSec: 3600, toleranceSec: 5. To change them for all processes, first delete the key {settings:1:v}:settings: redis-cli del '{settings:1:v}:settings'",
    );
    expect(await server.command('TTL', '{settings:1:v}:settings')).toBe(-1);
    await server.command('DEL', '{settings:1:v}:settings');
    await start(60);
  });
});
