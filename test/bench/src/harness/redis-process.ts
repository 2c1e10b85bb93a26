import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { createClient } from 'redis';

/** A Redis server that this process has started. It keeps nothing on disk. */
export interface RedisProcess {
  readonly url: string;
  readonly port: number;
  close(): void;
}

const LOOK_EVERY_MS = 20;
const START_WITHIN_MS = 10_000;

/** Starts `redis-server`. Resolves with `undefined` if it is not installed. */
export async function startRedisProcess(): Promise<RedisProcess | undefined> {
  const port = await freePort();
  const url = `redis://127.0.0.1:${port}`;
  const args = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
  const child = spawn('redis-server', args, { stdio: 'ignore' });
  let isMissing = false;
  child.on('error', () => {
    isMissing = true;
  });
  const giveUpAt = performance.now() + START_WITHIN_MS;
  while (!(await answers(url))) {
    if (isMissing) return undefined;
    if (performance.now() > giveUpAt) throw new Error('redis-server did not start');
    await delay(LOOK_EVERY_MS);
  }
  return { url, port, close: () => void child.kill('SIGKILL') };
}

async function answers(url: string): Promise<boolean> {
  const client = createClient({ url, socket: { reconnectStrategy: false } });
  client.on('error', () => {});
  try {
    await client.connect();
    return (await client.ping()) === 'PONG';
  } catch {
    return false;
  } finally {
    if (client.isOpen) client.destroy();
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}
