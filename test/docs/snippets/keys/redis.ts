/** What is used of a client of the package `redis`. */
interface RedisClient {
  get(key: string): Promise<string | null>;
  set(key: string, value: string, options: { EX: number }): Promise<unknown>;
}

// #region redis
import type { KeySnapshotStore } from '@authly/express';

function redisKeySnapshots(client: RedisClient): KeySnapshotStore {
  const nameOf = (issuer: string) => `authly:keys:${issuer}`;
  return {
    async load(issuer) {
      const stored = await client.get(nameOf(issuer));
      return stored === null ? undefined : JSON.parse(stored);
    },
    async save(issuer, snapshot) {
      // Older than staleForSec it is refused anyway.
      await client.set(nameOf(issuer), JSON.stringify(snapshot), { EX: 86_400 });
    },
  };
}

// #endregion

export { type RedisClient, redisKeySnapshots };
