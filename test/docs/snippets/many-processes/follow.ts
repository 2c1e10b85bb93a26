import { nodeRedis, type RedisStores, redisStores } from '@authly/redis';
import { createClient } from 'redis';

/** Stores that keep a copy of all marks in this process. */
export async function followMarks(url: string): Promise<RedisStores> {
  const client = createClient({ url });
  client.on('error', report);
  await client.connect();
  // #region follow
  const following = client.duplicate();
  following.on('error', report);
  await following.connect();

  const stores = redisStores({
    command: nodeRedis(client),
    prefix: 'orders',
    follow: { command: nodeRedis(following), maxLagSec: 10 },
  });
  await stores.ready(); // all marks are here
  stores.revocations.subscribe?.((mark) => endSessionsOf(mark.id));
  // #endregion
  return stores;
}

/** Ids of marks that the process was told of. */
export const told: string[] = [];

function report(): void {}

function endSessionsOf(id: string): void {
  told.push(id);
}
