import type { IntrospectionCacheOptions } from '@authly/express';

// #region store
interface RedisClient {
  getBuffer(key: string): Promise<Buffer | null>;
  set(key: string, value: Buffer, unit: 'PX', ttlMs: number): Promise<unknown>;
}

function sharedAnswers(redis: RedisClient, secret: string): IntrospectionCacheOptions {
  return {
    activeForSec: 60,
    secrets: [secret],
    store: {
      get: (id) => redis.getBuffer(`introspection:${id}`),
      set: (id, bytes, ttlMs) =>
        redis.set(`introspection:${id}`, Buffer.from(bytes), 'PX', Math.ceil(ttlMs)),
    },
  };
}

// #endregion

export { sharedAnswers };
