// Adding a name here makes it public.

export {
  type IoredisClient,
  ioredis,
  iovalkey,
  type NodeRedisClient,
  type NodeRedisCluster,
  nodeRedis,
  nodeRedisCluster,
} from './clients.ts';
export type { RedisCommand } from './redis-command.ts';
export {
  type FollowOptions,
  type RedisStores,
  type RedisStoresOptions,
  redisStores,
} from './redis-stores.ts';
