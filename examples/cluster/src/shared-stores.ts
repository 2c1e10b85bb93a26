import { nodeRedis, type RedisStores, redisStores } from '@authly/redis';
import { createClient } from 'redis';

/** How a process reaches the stores that all processes share. */
export interface SharedStoresOptions {
  /** Where Redis is: `redis://127.0.0.1:6379`. */
  readonly url: string;
  /** The first part of every key: the same for all processes of this API. */
  readonly prefix: string;
  /** Whether the process keeps a copy of all revocations, or asks about each token. */
  readonly follow: boolean;
  /** How long a request waits for Redis before it is refused (503), in milliseconds. */
  readonly timeoutMs: number;
}

/** The stores, and the connections that they use. */
export interface SharedStores {
  readonly stores: RedisStores;
  close(): void;
}

/** Connects to Redis, and checks that the server fits. Rejects when it does not, or cannot be reached. */
export async function openSharedStores(options: SharedStoresOptions): Promise<SharedStores> {
  const { url, prefix, follow, timeoutMs } = options;
  const client = await connect(url);
  // A connection of its own: it waits at the server for the next revocation.
  const following = follow ? await connect(url) : undefined;
  const stores = redisStores({
    command: nodeRedis(client),
    prefix,
    timeoutMs,
    ...(following && { follow: { command: nodeRedis(following) } }),
  });
  const close = () => {
    stores.close();
    client.destroy();
    following?.destroy();
  };
  try {
    await stores.ready();
  } catch (error) {
    close();
    throw error;
  }
  return { stores, close };
}

async function connect(url: string) {
  const client = createClient({
    url,
    // While it is not connected, a request is refused at once (503) instead of waiting for its time to be up.
    disableOfflineQueue: true,
    // It tries again until the process ends.
    socket: {
      connectTimeout: 2_000,
      reconnectStrategy: (retries) => Math.min(50 * retries, 1_000),
    },
  });
  client.on('error', (error) => console.error(`Redis: ${error.message}`));
  await client.connect();
  return client;
}
