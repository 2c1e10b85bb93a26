import type { ReplayStore } from '@authly/express';

/** What is used of a client of Redis: that of the package `redis` has it. */
export interface RedisClient {
  set(key: string, value: string, options: { NX: true; PX: number }): Promise<string | null>;
}

// #region replay-store
/** Proofs that were used, in Redis. `SET … NX PX` looks and writes in one step. */
export function redisReplayStore(redis: RedisClient): ReplayStore {
  return {
    async reserve(id, { ttlMs }) {
      return (await redis.set(`replay:${id}`, '1', { NX: true, PX: ttlMs })) === 'OK';
    },
  };
}
// #endregion
