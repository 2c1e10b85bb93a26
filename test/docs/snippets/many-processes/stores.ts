// #region stores
import { nodeRedis, type RedisStores, redisStores } from '@authly/redis';
import { createClient } from 'redis';

export async function openStores(url: string): Promise<RedisStores> {
  const client = createClient({ url, disableOfflineQueue: true });
  client.on('error', report);
  await client.connect();

  const stores = redisStores({ command: nodeRedis(client), prefix: 'orders' });
  await stores.ready();
  return stores;
}
// #endregion

function report(): void {}
