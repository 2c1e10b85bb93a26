import { ioredis, iovalkey, nodeRedis, nodeRedisCluster, type RedisCommand } from '@authly/redis';
import { Redis as Ioredis, Cluster as IoredisCluster } from 'ioredis';
import { Redis as Iovalkey } from 'iovalkey';
import { createClient, createCluster } from 'redis';

/** A connected client of one library. */
export interface OpenClient {
  readonly command: RedisCommand;
  close(): void;
}

/**
 * Each client with its default settings, as applications use it. Some queue commands or send them
 * again.
 */
export const CLIENTS: Readonly<Record<string, (port: number) => Promise<OpenClient>>> = {
  'node-redis': (port) => openNodeRedis(port, {}),
  'node-redis with RESP3': (port) => openNodeRedis(port, { RESP: 3 }),
  'node-redis with RESP2': (port) => openNodeRedis(port, { RESP: 2 }),
  async ioredis(port) {
    const client = new Ioredis(port, '127.0.0.1');
    client.on('error', () => {});
    return { command: ioredis(client), close: () => client.disconnect() };
  },
  async iovalkey(port) {
    const client = new Iovalkey(port, '127.0.0.1');
    client.on('error', () => {});
    return { command: iovalkey(client), close: () => client.disconnect() };
  },
};

/** Clients of a cluster. They get the address of one node. */
export const CLUSTER_CLIENTS: Readonly<Record<string, (port: number) => Promise<OpenClient>>> = {
  async 'node-redis cluster'(port) {
    const cluster = createCluster({ rootNodes: [{ url: `redis://127.0.0.1:${port}` }] });
    cluster.on('error', () => {});
    await cluster.connect();
    return { command: nodeRedisCluster(cluster), close: () => cluster.destroy() };
  },
  async 'ioredis cluster'(port) {
    const cluster = new IoredisCluster([{ host: '127.0.0.1', port }]);
    cluster.on('error', () => {});
    return { command: ioredis(cluster), close: () => cluster.disconnect() };
  },
};

async function openNodeRedis(port: number, options: { RESP?: 2 | 3 }): Promise<OpenClient> {
  const client = createClient({ url: `redis://127.0.0.1:${port}`, ...options });
  client.on('error', () => {});
  await client.connect();
  return { command: nodeRedis(client), close: () => client.destroy() };
}
