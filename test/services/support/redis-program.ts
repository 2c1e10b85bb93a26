import { isAbsolute } from 'node:path';
import { findDebianServer } from './debian-server.ts';

/**
 * The program that is tested as the Redis server: that of Debian's package, or the one that `REDIS_PROGRAM` names,
 * by its name or its whole path, such as `valkey-server`.
 */
export function findRedisProgram(): string | undefined {
  const named = process.env['REDIS_PROGRAM'] || 'redis-server';
  return isAbsolute(named) ? named : findDebianServer(named);
}
