import type { RedisCommand } from './redis-command.ts';

/** The parts of a client of the package `redis` that are used: `createClient()`, `createClientPool()`. */
export interface NodeRedisClient {
  sendCommand(args: readonly string[]): PromiseLike<unknown>;
}

/** The parts of a cluster of the package `redis` that are used: `createCluster()`. */
export interface NodeRedisCluster {
  sendCommand(
    firstKey: string | undefined,
    isReadonly: boolean | undefined,
    args: string[],
  ): PromiseLike<unknown>;
}

/** The parts of a client of `ioredis` or `iovalkey` that are used: `new Redis()`, `new Cluster()`. */
export interface IoredisClient {
  call(command: string, ...args: string[]): PromiseLike<unknown>;
}

/**
 * The client that a command uses, since one client cannot both follow and answer. A registered symbol, which
 * another copy of this package knows too.
 */
const CLIENT: unique symbol = Symbol.for('@authly/redis:client');

/** Commands through a client of node-redis (the package `redis`). It has to be connected: `client.connect()`. */
export function nodeRedis(client: NodeRedisClient): RedisCommand {
  return commandOf(client, (args) => client.sendCommand(args));
}

/** Commands through a cluster of node-redis (the package `redis`). It has to be connected: `cluster.connect()`. */
export function nodeRedisCluster(cluster: NodeRedisCluster): RedisCommand {
  // Never a replica: it may not know yet what was used or revoked a moment ago.
  return commandOf(cluster, (args, key) => cluster.sendCommand(key, false, [...args]));
}

/** Commands through a client or a cluster of ioredis. */
export function ioredis(client: IoredisClient): RedisCommand {
  return commandOf(client, ([name = '', ...args]) => client.call(name, ...args));
}

/** Commands through a client or a cluster of iovalkey. */
export function iovalkey(client: IoredisClient): RedisCommand {
  return ioredis(client);
}

/** Whether two commands use the same client, as far as that can be known. */
export function isSameClient(one: RedisCommand, other: RedisCommand): boolean {
  const client = clientOf(one);
  return one === other || (client !== undefined && client === clientOf(other));
}

function commandOf(client: object, command: RedisCommand): RedisCommand {
  return Object.defineProperty(command, CLIENT, { value: client });
}

function clientOf(command: RedisCommand): unknown {
  return Reflect.get(command, CLIENT);
}
