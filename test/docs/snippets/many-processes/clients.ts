import { ioredis, iovalkey, nodeRedisCluster, type RedisCommand } from '@authly/redis';
import { Redis } from 'ioredis';
import { Redis as Valkey } from 'iovalkey';
import { createCluster } from 'redis';

/** Commands through clients other than that of the package `redis`, to a server on this machine. */
export const commands: Readonly<
  Record<string, (port: number) => RedisCommand | Promise<RedisCommand>>
> = {
  ioredis(port) {
    // #region ioredis
    const client = new Redis({ port, enableOfflineQueue: false, maxRetriesPerRequest: 1 });
    const command = ioredis(client);
    // #endregion
    opened.push({ close: () => client.disconnect() });
    client.on('error', () => {});
    return command;
  },
  iovalkey(port) {
    // #region iovalkey
    const client = new Valkey({ port, enableOfflineQueue: false, maxRetriesPerRequest: 1 });
    const command = iovalkey(client);
    // #endregion
    opened.push({ close: () => client.disconnect() });
    client.on('error', () => {});
    return command;
  },
  async cluster(port) {
    const url = `redis://127.0.0.1:${port}`;
    // #region cluster
    const cluster = createCluster({ rootNodes: [{ url }] });
    await cluster.connect();
    const command = nodeRedisCluster(cluster);
    // #endregion
    opened.push({ close: () => cluster.destroy() });
    return command;
  },
  raw(port) {
    const client = new Redis({ port });
    opened.push({ close: () => client.disconnect() });
    // #region raw
    const command: RedisCommand = ([name = '', ...args]) => client.call(name, ...args);
    // #endregion
    return command;
  },
};

/** What to close when it is over. */
export const opened: { close(): void }[] = [];
