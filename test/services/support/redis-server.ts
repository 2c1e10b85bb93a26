import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { createClient } from 'redis';

/** A Redis server in its own process, with a port that the system has chosen. */
export interface RedisServer {
  readonly port: number;
  readonly url: string;
  /** Sends one command over a new connection. */
  command(...args: readonly string[]): Promise<unknown>;
  /** Stops the process as a debugger does: connections stay open, but nothing is answered. */
  freeze(): void;
  thaw(): void;
  /** Ends the process at once (SIGKILL), without writing anything more to its files. */
  kill(): Promise<void>;
  /** Starts the server again, on the same port and with the same files. */
  start(): Promise<void>;
  /** Stops the server, and removes its files. */
  remove(): Promise<void>;
}

const START_WITHIN_MS = 10_000;
const LOOK_EVERY_MS = 20;

/**
 * Starts a server with default settings, without snapshots. `settings` are added, such as
 * `['--appendonly', 'yes']`.
 */
export async function startRedis(
  program: string,
  settings: readonly string[] = [],
): Promise<RedisServer> {
  const folder = mkdtempSync(join(tmpdir(), 'authly-redis-'));
  const port = await freePort();
  const url = `redis://127.0.0.1:${port}`;
  const own = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--save', ''];
  let child: ChildProcess | undefined;

  async function command(...args: readonly string[]): Promise<unknown> {
    const client = createClient({ url, socket: { reconnectStrategy: false } });
    client.on('error', () => {});
    await client.connect();
    try {
      return await client.sendCommand(args);
    } finally {
      client.destroy();
    }
  }

  async function start(): Promise<void> {
    const output: string[] = [];
    const started = spawn(program, [...own, ...settings], { stdio: ['ignore', 'pipe', 'pipe'] });
    child = started;
    for (const stream of [started.stdout, started.stderr]) {
      stream.on('data', (chunk: Buffer) => output.push(chunk.toString()));
    }
    const giveUpAt = performance.now() + START_WITHIN_MS;
    while (!(await answers())) {
      if (hasEnded(started) || performance.now() > giveUpAt) {
        throw new Error(`${program} did not start:\n${output.join('')}`);
      }
      await delay(LOOK_EVERY_MS);
    }
  }

  async function answers(): Promise<boolean> {
    try {
      return (await command('PING')) === 'PONG';
    } catch {
      return false; // Not listening yet, or still loading its files.
    }
  }

  async function end(signal: NodeJS.Signals): Promise<void> {
    if (child === undefined || hasEnded(child)) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
  }

  const server: RedisServer = {
    port,
    url,
    command,
    freeze: () => void child?.kill('SIGSTOP'),
    thaw: () => void child?.kill('SIGCONT'),
    kill: () => end('SIGKILL'),
    start,
    async remove() {
      await end('SIGKILL');
      rmSync(folder, { recursive: true, force: true });
    },
  };
  try {
    await start();
  } catch (error) {
    await server.remove();
    throw error;
  }
  return server;
}

function hasEnded({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null;
}

/** Redis cannot let the system choose a port, so we find a free one first. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  server.close();
  await once(server, 'close');
  // A node of a cluster uses a second port: this number plus 10,000.
  return port < 55_000 ? port : await freePort();
}
