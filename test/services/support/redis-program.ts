import { isAbsolute } from 'node:path';
import { findDebianServer } from './debian-server.ts';

/**
 * The program that the tests run as the Redis server. `REDIS_PROGRAM` names it by its name or its
 * whole path, such as `valkey-server`. Default: the program of Debian's package.
 */
export function findRedisProgram(): string | undefined {
  const named = process.env['REDIS_PROGRAM'] || 'redis-server';
  return isAbsolute(named) ? named : findDebianServer(named);
}
