import { findDebianServer } from '../../services/support/debian-server.ts';
import { startRedis } from '../../services/support/redis-server.ts';
import { type SignalledApiOptions, startApiProcess } from './api-process.ts';
import { eventually } from './eventually.ts';
import type { Workbench } from './workbench.ts';

/** The time within which another process must notice a sign-out. */
const SEEN_WITHIN_MS = 1_000;

/** What both processes answer while they accept a token, and when they refuse it. */
export const PASSES = '200 200';
export const ENDED = '401 401';

/** One API in two processes, in Express and in Koa, with a Redis server that they share. */
export interface TwoProcesses {
  /** The process that receives sign-outs at `/logout` and security events at `/events`. */
  readonly told: string;
  /** What both processes answer to a token: {@link PASSES} or {@link ENDED}. */
  answersTo(token: string): Promise<string>;
  /**
   * Waits until the answer is {@link ENDED}, but at most one second or the given time, and returns
   * it.
   */
  endOf(token: string, withinMs?: number): Promise<string>;
}

/**
 * Starts both processes. `undefined` if there is no Redis server; a message about that was then
 * printed.
 */
export async function startTwoProcesses(
  bench: Workbench,
  options: Omit<SignalledApiOptions, 'framework' | 'redisUrl'>,
): Promise<TwoProcesses | undefined> {
  const program = findDebianServer('redis-server');
  if (program === undefined) return undefined;
  const redis = await startRedis(program);
  bench.onEnd(() => redis.remove());
  const shared = { ...options, redisUrl: redis.url };
  const told = await startApiProcess(bench, { ...shared, framework: 'Express 5' });
  const other = await startApiProcess(bench, { ...shared, framework: 'Koa 3' });
  const answersTo = async (token: string) =>
    `${await statusAt(told, token)} ${await statusAt(other, token)}`;
  return {
    told,
    answersTo,
    endOf: (token, withinMs = SEEN_WITHIN_MS) =>
      eventually(ENDED, withinMs, () => answersTo(token)),
  };
}

async function statusAt(origin: string, token: string): Promise<number> {
  const headers = { authorization: `Bearer ${token}` };
  const response = await fetch(`${origin}/me`, { headers });
  await response.arrayBuffer();
  return response.status;
}
